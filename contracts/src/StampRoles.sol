// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title StampRoles: who may act for the issuer
/// @notice An administrator, handed over in two steps, gives and takes two roles. Nobody here can touch a token that
/// has left custody. Renouncing is final: with no administrator, the roles stay as they are for ever.
abstract contract StampRoles {
    /// @notice The roles of an account have changed; they are the sum of {ISSUER} and {POSTMASTER}.
    event RolesSet(address indexed account, uint256 roles);
    /// @notice The administrator has named a successor, who has to accept; zero takes the offer back.
    event AdminOffered(address indexed admin, address indexed successor);
    /// @notice The administration has changed hands; to zero, it is over.
    event AdminChanged(address indexed previous, address indexed admin);

    /// @dev The sender does not have this role.
    error MissingRole(address account, uint256 role);
    /// @dev The sender is not the administrator.
    error NotAdmin(address account);
    /// @dev The sender has not been offered the administration.
    error NotOffered(address account);
    /// @dev There is no such role, or the account is zero.
    error InvalidRoles(address account, uint256 roles);

    /// @notice May void stamps, set the royalty and, until it is frozen, the folder of the metadata.
    uint256 public constant ISSUER = 1;

    /// @notice May record postmarks.
    uint256 public constant POSTMASTER = 2;

    /// @notice The account that gives and takes roles.
    address public admin;

    /// @notice The account that the administration has been offered to.
    address public offeredAdmin;

    /// @notice The roles of an account: the sum of {ISSUER} and {POSTMASTER}.
    mapping(address account => uint256) public rolesOf;

    modifier only(uint256 role) {
        _checkRole(role);
        _;
    }

    modifier onlyAdmin() {
        if (msg.sender != admin) revert NotAdmin(msg.sender);
        _;
    }

    /// @dev The first administrator begins with both roles.
    constructor(address admin_) {
        admin = admin_;
        emit AdminChanged(address(0), admin_);
        _setRoles(admin_, ISSUER | POSTMASTER);
    }

    /// @notice Set the roles of an account; 0 takes them all.
    function setRoles(address account, uint256 roles) external onlyAdmin {
        _setRoles(account, roles);
    }

    /// @notice Offer the administration to an account, or take the offer back with zero.
    function offerAdmin(address successor) external onlyAdmin {
        offeredAdmin = successor;
        emit AdminOffered(msg.sender, successor);
    }

    /// @notice Take over the administration that was offered.
    function acceptAdmin() external {
        if (msg.sender != offeredAdmin) revert NotOffered(msg.sender);
        _changeAdmin(msg.sender);
    }

    /// @notice End the administration, for good.
    function renounceAdmin() external onlyAdmin {
        _changeAdmin(address(0));
    }

    function _changeAdmin(address next) private {
        emit AdminChanged(admin, next);
        admin = next;
        offeredAdmin = address(0);
    }

    function _setRoles(address account, uint256 roles) private {
        if (account == address(0) || roles > (ISSUER | POSTMASTER)) revert InvalidRoles(account, roles);
        rolesOf[account] = roles;
        emit RolesSet(account, roles);
    }

    function _checkRole(uint256 role) private view {
        if (rolesOf[msg.sender] & role == 0) revert MissingRole(msg.sender, role);
    }
}
