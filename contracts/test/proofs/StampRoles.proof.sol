// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StampRoles} from "../../src/StampRoles.sol";
import {Proofs} from "../support/Symbols.sol";

/// @dev The roles with nothing to use them for, in the state that a proof begins with.
contract RolesAlone is StampRoles {
    constructor(address admin_, address offered_, uint256 roles_) StampRoles(address(1)) {
        (admin, offeredAdmin, rolesOf[address(1)]) = (admin_, offered_, roles_);
    }
}

/// @title What StampRoles cannot do, for every state of its storage, every sender and every call
/// @dev Nobody has the key of the zero address: it sends nothing.
contract StampRolesProofs is Proofs {
    RolesAlone private _roles;

    /// @dev Each proof begins here. What the constructor has not written is any number.
    modifier anyState(Start memory start) {
        _roles = new RolesAlone(start.admin, start.offered, start.roles);
        symbols.enableSymbolicStorage(address(_roles));
        _;
    }

    struct Start {
        address admin;
        address offered;
        uint256 roles;
    }

    /// @notice Whoever is not the administrator changes nobody's roles.
    function check_only_the_admin_changes_roles(
        Start memory start,
        address sender,
        address account
    ) external anyState(start) {
        vm.assume(sender != start.admin);
        uint256 before = _roles.rolesOf(account);
        sendAnything(sender);
        assert(_roles.rolesOf(account) == before);
    }

    /// @notice What the administrator sets are roles that exist, of the account named and of no other.
    function check_roles_are_set_as_named(
        Start memory start,
        address sender,
        address account,
        uint256 roles,
        address other
    ) external anyState(start) {
        uint256 before = _roles.rolesOf(other);
        vm.assume(send(sender, address(_roles), abi.encodeCall(StampRoles.setRoles, (account, roles))));
        assert(sender == start.admin && account != address(0) && roles <= 3);
        assert(_roles.rolesOf(account) == roles);
        assert(other == account || _roles.rolesOf(other) == before);
    }

    /// @notice The administration goes to nobody but the account it was offered to, which asks for it itself, or, by
    /// the administrator's hand, to nobody at all.
    function check_only_the_offered_becomes_admin(Start memory start, address sender) external anyState(start) {
        (address admin, address offered) = (start.admin, start.offered);
        vm.assume(sender != address(0));
        sendAnything(sender);
        address next = _roles.admin();
        assert(next == admin || (next == offered && sender == offered) || (next == address(0) && sender == admin));
    }

    /// @notice Only the administrator makes an offer; it falls when the administration changes hands.
    function check_only_the_admin_offers(Start memory start, address sender) external anyState(start) {
        (address admin, address offered) = (start.admin, start.offered);
        sendAnything(sender);
        address next = _roles.offeredAdmin();
        assert(next == offered || sender == admin || (next == address(0) && sender == offered));
        assert(_roles.admin() == admin || next == address(0));
    }

    /// @notice The administrator can step down at any time, and takes the offer along.
    function check_renouncing_leaves_nobody(Start memory start) external anyState(start) {
        assert(send(start.admin, address(_roles), abi.encodeCall(StampRoles.renounceAdmin, ())));
        assert(_roles.admin() == address(0) && _roles.offeredAdmin() == address(0));
    }

    /// @notice Once there is neither an administrator nor an offer, it stays so, and the roles stay as they are.
    function check_renouncing_is_final(Start memory start, address sender, address account) external anyState(start) {
        vm.assume(start.admin == address(0) && start.offered == address(0) && sender != address(0));
        uint256 before = _roles.rolesOf(account);
        sendAnything(sender);
        assert(_roles.admin() == address(0) && _roles.offeredAdmin() == address(0));
        assert(_roles.rolesOf(account) == before);
    }

    function sendAnything(address sender) private {
        send(sender, address(_roles), symbols.createCalldata("RolesAlone"));
    }
}
