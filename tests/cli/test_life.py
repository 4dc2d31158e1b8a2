"""The life of a series from the command line: issued, printed, verified, claimed and proven on a local chain."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import qrcode
from eth_account import Account
from eth_account.signers.local import LocalAccount
from PIL import ImageChops
from pyrage import x25519
from support.desk import PASSPHRASE, Desk
from support.program import Outcome, Run

from cryptostamp.chain import Chain, DevSigner
from cryptostamp.codes import claim_symbol
from cryptostamp.edition import EditionSecret
from cryptostamp.office import Workspace, claim, public_code_of
from cryptostamp.office.printing import claim_part_of, face_of, png_bytes
from cryptostamp.press import photograph, render_claim_part, render_stamp, unseal
from cryptostamp.primitives import Serial, parse_address

DEAD = "http://127.0.0.1:9"


@contextmanager
def descriptor(text: str) -> Iterator[int]:
    """Give the reading end of a pipe that holds `text`."""
    reader, writer = os.pipe()
    try:
        os.write(writer, text.encode())
        os.close(writer)
        yield reader
    finally:
        os.close(reader)


def keystore(account: LocalAccount, passphrase: str, path: Path) -> Path:
    path.write_text(json.dumps(Account.encrypt(account.key, passphrase, kdf="pbkdf2", iterations=1000)))
    return path


@pytest.fixture
def here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Stand beside the issued series, so that it is found without --issued."""
    monkeypatch.chdir(desk.workspace.folder.parent)
    return desk


@pytest.mark.usefixtures("quick_seal")
class TestIssueAndPrint:
    @pytest.fixture
    def birds(self, run: Run, tmp_path: Path) -> Path:
        """Begin a series of eight stamps."""
        folder = tmp_path / "birds"
        assert run("new", folder, "--title", "Birds", "--edition", 8).code == 0
        return folder

    def issue(self, run: Run, folder: Path, chain: Chain, *options: object, passphrase: str = PASSPHRASE) -> Outcome:
        """Issue a series, with the passphrase from a pipe."""
        with descriptor(passphrase + "\n") as reader:
            return run("issue", folder, "--rpc", chain.rpc._provider.endpoint_uri, "--passphrase-fd", reader, *options)

    def test_issue_and_print(self, run: Run, birds: Path, chain: Chain) -> None:
        """A series is issued with a passphrase from a file descriptor, and printed with the same one."""
        done = self.issue(run, birds, chain)
        assert done.code == 0
        assert "Birds is issued: 8 stamps in the contract 0x" in done.out
        assert PASSPHRASE not in done.out + done.err
        printer = x25519.Identity.generate()
        with descriptor(PASSPHRASE) as reader:
            printed = run(
                *("print", birds, "--serials", "1-4", "--image", "2", "--image", "7-8"),
                *("--printer", printer.to_public(), "--passphrase-fd", reader),
            )
        assert printed.code == 0
        assert "1 sheet of Birds:" in printed.out
        made = sorted(path.name for path in Workspace(birds / "issued").print_folder.iterdir())
        assert [name.partition("-")[2] for name in made] == [
            "000001-000004-claims.pdf.age",
            "000001-000004-faces.pdf",
            "000001-000004-first-sheet.png",
            "000001-000004-manifest.json",
            "000001-000004-plan.csv",
            "000002.png",
            "000007.png",
            "000008.png",
            "scratch.pdf",
        ]
        assert all(name in printed.out for name in made)
        sealed = next((birds / "issued" / "print").glob("*.age")).read_bytes()
        assert unseal(sealed, str(printer)).startswith(b"%PDF")

    def test_for_machines(self, run: Run, birds: Path, chain: Chain, tmp_path: Path) -> None:
        """The JSON of issuing and printing says what was made, and the same command again says the same."""
        folder = tmp_path / "elsewhere"
        first = self.issue(run, birds, chain, "--issued", folder, "--json")
        assert first.code == 0
        assert (first.json["edition"], first.json["chain_id"], first.json["folder"]) == (8, 31337, str(folder))
        assert self.issue(run, birds, chain, "--issued", folder, "--json").json == first.json
        printed = run("print", birds, "--issued", folder, "--serials", "3", "--json")
        assert (printed.code, printed.json["sheets"], len(printed.json["files"])) == (0, 1, 4)
        assert not (birds / "issued").exists()

    def test_the_passphrase_is_asked_for(self, run: Run, birds: Path, chain: Chain, type_in: list[str]) -> None:
        """Without a file descriptor the passphrase is asked for, and not shown."""
        type_in.append("typed")
        assert run("issue", birds, "--rpc", chain.rpc._provider.endpoint_uri).code == 0
        assert type_in == []
        assert EditionSecret.unseal((birds / "issued" / "edition.age").read_bytes(), "typed")

    def test_a_wrong_passphrase(self, run: Run, birds: Path, chain: Chain) -> None:
        """Issuing again with another passphrase is refused."""
        self.issue(run, birds, chain)
        done = self.issue(run, birds, chain, passphrase="another")
        assert (done.code, done.out) == (2, "")
        assert "passphrase" in done.err

    @pytest.mark.parametrize("passphrase", ["", "\n"])
    def test_no_passphrase(self, run: Run, birds: Path, chain: Chain, passphrase: str) -> None:
        """An empty passphrase seals nothing."""
        done = self.issue(run, birds, chain, passphrase=passphrase)
        assert done.code == 2
        assert "The passphrase is empty" in done.err
        assert not (birds / "issued").exists()

    def test_a_closed_descriptor(self, run: Run, birds: Path, chain: Chain) -> None:
        """A file descriptor that is not open is named."""
        done = run("issue", birds, "--rpc", chain.rpc._provider.endpoint_uri, "--passphrase-fd", 999)
        assert done.code == 2
        assert "file descriptor 999" in done.err

    def test_printing_before_issuing(self, run: Run, birds: Path) -> None:
        """What was not issued cannot be printed."""
        done = run("print", birds)
        assert done.code == 2
        assert "No issued series was found here" in done.err

    def test_pictures_beyond_the_edition(self, run: Run, birds: Path, chain: Chain) -> None:
        """A range far beyond the edition is refused at once."""
        self.issue(run, birds, chain)
        done = run("print", birds, "--image", "1-999999999")
        assert done.code == 2
        assert "There is no stamp no. 9: the edition has 8." in done.err

    @pytest.mark.parametrize("serials", ["0", "0-5", "5-1", "a", "1-2-3", "-1", "1,2"])
    def test_a_range_that_is_none(self, run: Run, birds: Path, serials: str) -> None:
        """A text that is no range is a wrong use of the command."""
        done = run("print", birds, f"--serials={serials}")
        assert done.code == 2
        assert "--serials" in done.err


class TestVerify:
    def test_genuine(self, run: Run, here: Desk) -> None:
        """0: every code is genuine, and every check is shown; the series beside us is believed."""
        code = public_code_of(here.dossier, Serial(3))
        done = run("verify", code.text, "--rpc", here.url)
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("✓ Genuine code")
        assert "Genuine code. Leapfrog no. 3 of 30, " in done.out
        assert done.out.count("\n  ✓ ") == 10
        assert "no scan can tell whether this paper" in done.out

    def test_a_photo(self, run: Run, desk: Desk, tmp_path: Path) -> None:
        """A photo is read, and the verdict given as one object."""
        photo = tmp_path / "photo.jpg"
        face = face_of(desk.series, desk.dossier, Serial(4))
        photo.write_bytes(photograph(render_stamp(desk.series, face, dpi=300), seed=1))
        done = run("verify", photo, "--rpc", desk.url, "--issued", desk.workspace.folder, "--json")
        assert done.code == 0
        (answer,) = done.json["verdicts"]
        assert answer["target"] == str(photo)
        assert (answer["verdict"]["conclusion"], answer["verdict"]["stamp"]["serial"]) == ("genuine", 4)
        assert answer["verdict"]["code"] == public_code_of(desk.dossier, Serial(4)).text
        x, y = answer["verdict"]["place"]["corners"][0]
        told = run("verify", photo, "--rpc", desk.url, "--issued", desk.workspace.folder).out
        assert f"Read at {x}, {y}.\n" in told

    def test_not_genuine(self, run: Run, here: Desk) -> None:
        """1: one forged code among several codes decides, and each verdict stands under its code."""
        genuine = public_code_of(here.dossier, Serial(3))
        forged = replace(genuine, serial=Serial(31))
        done = run("verify", genuine.text, forged.text, "LEAP-1-XXXXXXXXX", "--rpc", here.url)
        assert done.code == 1
        places = [
            done.out.index(text) for text in (genuine.text, "✓ Genuine", forged.text, "✗ Not genuine", "? Cannot")
        ]
        assert places == sorted(places)

    def test_a_registry_of_one_s_own_choice(self, run: Run, here: Desk) -> None:
        """4: an address that holds no registry vouches for nothing."""
        code = public_code_of(here.dossier, Serial(3)).text
        assert run("verify", code, "--registry", "0x" + "11" * 20, "--rpc", here.url).code == 4

    def test_another_company_s_code(self, run: Run, here: Desk, tmp_path: Path) -> None:
        """1: a QR that is no stamp's, beside a genuine code, decides the exit code."""
        picture = tmp_path / "menu.png"
        qrcode.make("https://example.com/menu").get_image().convert("RGB").save(picture)
        code = public_code_of(here.dossier, Serial(3)).text
        done = run("verify", code, picture, "--rpc", here.url)
        assert done.code == 1
        assert "✓ Genuine code" in done.out
        assert "✗ Not genuine" in done.out
        assert str(picture) in done.out

    def test_cannot_tell(self, run: Run, here: Desk) -> None:
        """4: without a node nothing is judged."""
        done = run("verify", public_code_of(here.dossier, Serial(3)).text, "--rpc", DEAD)
        assert done.code == 4
        assert done.out.startswith("? Cannot tell")
        assert "cannot be reached" in done.out

    def test_a_hidden_code(self, run: Run, here: Desk) -> None:
        """2: a hidden code is refused and not repeated."""
        code = here.secret.claim_code(Serial(3)).text
        done = run("verify", code, "--rpc", here.url, "--json")
        assert done.code == 2
        assert code not in done.out + done.err

    def test_a_folder_without_a_series(self, run: Run, tmp_path: Path) -> None:
        """2: a folder in which nothing was issued cannot be believed."""
        assert run("verify", "LEAP-42-7ZQ4KXW2M", "--issued", tmp_path, "--rpc", DEAD).code == 2


class TestClaim:
    def test_a_typed_code(self, run: Run, here: Desk, type_in: list[str]) -> None:
        """The hidden code is asked for without being shown; the account given receives the token."""
        code, to = here.secret.claim_code(Serial(3)).text, Account.create().address
        type_in.append(code.lower())
        done = run("claim", "--to", to, "--rpc", here.url)
        assert done.code == 0
        assert done.out == f"Stamp no. 3 of Leapfrog: its token now belongs to {to}.\n"
        assert code not in done.out + done.err
        verified = run("verify", public_code_of(here.dossier, Serial(3)).text, "--rpc", here.url)
        assert verified.code == 0
        assert f"it belongs to {to}" in verified.out

    def test_a_photo_of_the_claim_part(self, run: Run, here: Desk, tmp_path: Path) -> None:
        """The hidden code is read from a photo; the same again finds the same transaction, another account none."""
        part = claim_part_of(here.series, here.dossier, here.secret, Serial(9))
        picture = tmp_path / "scratched.png"
        picture.write_bytes(png_bytes(render_claim_part(here.series, part, dpi=300), dpi=300))
        to = Account.create().address
        first = run("claim", picture, "--to", to, "--rpc", here.url, "--json")
        assert (first.code, first.json["serial"], first.json["to"]) == (0, 9, to)
        assert run("claim", picture, "--to", to, "--rpc", here.url, "--json").json == first.json
        second = run("claim", picture, "--to", DevSigner(7).address, "--rpc", here.url, "--json")
        assert (second.code, second.json["error"]["kind"]) == (1, "ContractRefusal")
        assert "claimed already" in second.err

    def test_two_typed_halves(self, run: Run, here: Desk, type_in: list[str]) -> None:
        """The other half is asked for by its letter; only both take the token."""
        a, b = here.secret.claim_halves(Serial(3))
        to = Account.create().address
        type_in += [b.text, a.text.lower()]
        done = run("claim", "--to", to, "--rpc", here.url)
        assert (done.code, done.out) == (0, f"Stamp no. 3 of Leapfrog: its token now belongs to {to}.\n")
        assert type_in == []

    @pytest.mark.parametrize("together", [True, False])
    def test_photos_of_two_halves(self, run: Run, here: Desk, tmp_path: Path, together: bool) -> None:  # noqa: FBT001
        """One photo of both scratch fields does, and so does one of each."""
        pictures = []
        for half in here.secret.claim_halves(Serial(9)):
            part = replace(
                claim_part_of(here.series, here.dossier, here.secret, Serial(9)),
                symbol=claim_symbol(half, here.series.issuer.domain),
                claim_text=half.text,
            )
            pictures.append(render_claim_part(here.series, part, dpi=300))
        if together:
            pictures = [ImageChops.multiply(*pictures)]
        files = []
        for number, picture in enumerate(pictures):
            files.append(tmp_path / f"{number}.png")
            files[-1].write_bytes(png_bytes(picture, dpi=300))
        done = run("claim", *files, "--to", DevSigner(7).address, "--rpc", here.url, "--json")
        assert (done.code, done.json["serial"]) == (0, 9)

    @pytest.mark.parametrize(
        ("one", "other", "said"),
        [
            ((3, 0), (4, 1), "not of one stamp"),
            ((3, 0), (4, 0), "Both are halves A"),
            ((3, 0), None, "whole hidden code"),
        ],
    )
    def test_halves_that_do_not_belong_together(
        self, run: Run, here: Desk, type_in: list[str], one: tuple[int, int], other: tuple[int, int] | None, said: str
    ) -> None:
        """Halves of two stamps, two halves of one letter, a half and a whole code: refused, and none of them shown."""
        texts = [here.secret.claim_halves(Serial(one[0]))[one[1]].text]
        if other:
            texts.append(here.secret.claim_halves(Serial(other[0]))[other[1]].text)
        else:
            texts.append(here.secret.claim_code(Serial(3)).text)
        type_in += texts
        done = run("claim", "--to", DevSigner(7).address, "--rpc", here.url)
        assert done.code in {1, 2}
        assert said in done.err
        assert not any(group in done.err for text in texts for group in text.split("-") if len(group) > 1)

    def test_a_keystore_pays(self, run: Run, here: Desk, type_in: list[str], tmp_path: Path) -> None:
        """An account from a keystore can carry the claim."""
        file = keystore(DevSigner(5)._account, "pond", tmp_path / "payer.json")
        type_in += [here.secret.claim_code(Serial(3)).text, "pond"]
        assert run("claim", "--to", DevSigner(7).address, "--rpc", here.url, "--keystore", file).code == 0
        assert here.chain.transaction_count(DevSigner(5).address) == 1

    @pytest.mark.parametrize("typed", ["", "LEAP-42-7ZQ4KXW2M", "0000-0000-0000-0000-0000-0000-00ZZ"])
    def test_no_code(self, run: Run, here: Desk, type_in: list[str], typed: str) -> None:
        """A text that is no hidden code is refused before any node is asked."""
        type_in.append(typed)
        assert run("claim", "--to", DevSigner(7).address, "--rpc", DEAD).code == 2

    def test_a_photo_of_the_face(self, run: Run, here: Desk, tmp_path: Path) -> None:
        """The face of a stamp has no hidden code."""
        picture = tmp_path / "face.png"
        image = render_stamp(here.series, face_of(here.series, here.dossier, Serial(9)), dpi=300)
        picture.write_bytes(png_bytes(image, dpi=300))
        done = run("claim", picture, "--to", DevSigner(7).address, "--rpc", here.url)
        assert done.code == 2
        assert "shows no hidden codes" in done.err


class TestProve:
    @pytest.fixture
    def owner(self) -> LocalAccount:
        """Give the collector's account."""
        return Account.create()

    @pytest.fixture
    def owned(self, here: Desk, owner: LocalAccount) -> str:
        """Let the collector claim a stamp, and give its short code."""
        to = parse_address(owner.address)
        claim(here.secret.claim_code(Serial(6)), here.dossier, to=to, sender=here.sender, ledger=here.ledger)
        return public_code_of(here.dossier, Serial(6)).short("LEAP").text

    def test_ask_sign_check(
        self, run: Run, here: Desk, owned: str, owner: LocalAccount, type_in: list[str], tmp_path: Path
    ) -> None:
        """The buyer asks, the owner signs with a keystore, the buyer checks; the second time it is no proof."""
        file = tmp_path / "challenge.txt"
        asked = run("prove", "ask", owned, "--verifier", "dealer.example", "--out", file, "--rpc", here.url)
        assert asked.code == 0
        assert f"The challenge for {owner.address} is in {file}" in asked.out
        type_in.append("tadpole")
        signed = run("prove", "sign", file, "--keystore", keystore(owner, "tadpole", tmp_path / "owner.json"))
        assert signed.code == 0
        assert file.read_text() in signed.err
        signature = signed.out.strip()
        assert len(signature) == 132
        checked = run("prove", "check", file, signature, "--rpc", here.url)
        assert (checked.code, checked.out.startswith("Proven: ")) == (0, True)
        again = run("prove", "check", file, signature, "--rpc", here.url, "--json")
        assert (again.code, again.json["proven"]) == (1, False)

    def test_the_hidden_code(self, run: Run, here: Desk, type_in: list[str], tmp_path: Path) -> None:
        """Before the claim whoever has the hidden code proves it, and it is neither shown nor used up."""
        code, hidden, file = (
            public_code_of(here.dossier, Serial(8)).text,
            here.secret.claim_code(Serial(8)),
            tmp_path / "c",
        )
        asked = run(
            *("prove", "ask", code, "--hidden-code", "--verifier", "dealer.example", "--out", file, "--rpc", here.url)
        )
        assert asked.code == 0
        type_in.append(hidden.text)
        signed = run("prove", "sign", file)
        assert signed.code == 0
        checked = run("prove", "check", file, signed.out.strip(), "--rpc", here.url)
        assert (checked.code, checked.out.startswith("Proven: ")) == (0, True)
        assert hidden.text[:9] not in signed.out + signed.err + checked.out + file.read_text()
        assert (
            run("verify", code, "--rpc", here.url, "--json").json["verdicts"][0]["verdict"]["stamp"]["state"]
            == "unclaimed"
        )
        type_in.append(here.secret.claim_code(Serial(9)).text)
        other = run("prove", "sign", file)
        assert run("prove", "check", file, other.out.strip(), "--rpc", here.url).code == 1

    def test_a_stranger(self, run: Run, here: Desk, owned: str, type_in: list[str], tmp_path: Path) -> None:
        """1: a stranger's signature proves nothing."""
        asked = run("prove", "ask", owned, "--verifier", "dealer.example", "--rpc", here.url, "--json")
        file = tmp_path / "challenge.txt"
        file.write_text(asked.json["message"])
        type_in.append("x")
        signed = run("prove", "sign", file, "--keystore", keystore(Account.create(), "x", tmp_path / "key.json"))
        done = run("prove", "check", file, signed.out.strip(), "--rpc", here.url)
        assert done.code == 1
        assert "Not proven. Somebody else signed" in done.out

    def test_the_challenge_on_standard_output(self, run: Run, here: Desk, owned: str, tmp_path: Path) -> None:
        """Without a file the challenge itself is printed, to be passed on, whole and unchanged."""
        done = run("prove", "ask", owned, "--verifier", "dealer.example", "--rpc", here.url)
        assert done.code == 0
        assert done.out.startswith("dealer.example wants you to sign in with your Ethereum account:\n")
        assert "/erc721:" in done.out.splitlines()[-1]

    def test_a_file_that_cannot_be_written(self, run: Run, here: Desk, owned: str, tmp_path: Path) -> None:
        """3: a challenge that cannot be written is named."""
        out = tmp_path / "no" / "such" / "folder.txt"
        done = run("prove", "ask", owned, "--verifier", "dealer.example", "--rpc", here.url, "--out", out)
        assert done.code == 3
        assert str(out) in done.err

    def test_an_unclaimed_stamp(self, run: Run, here: Desk) -> None:
        """1: while the post keeps the token nobody can be asked."""
        code = public_code_of(here.dossier, Serial(7)).text
        done = run("prove", "ask", code, "--verifier", "dealer.example", "--rpc", here.url)
        assert done.code == 1
        assert "has not been claimed" in done.err

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"crypto": 5, "version": 3}'])
    def test_a_damaged_keystore(self, run: Run, type_in: list[str], tmp_path: Path, content: bytes) -> None:
        """2: whatever a file holds that is no keystore, it is refused in a sentence."""
        challenge, file = tmp_path / "challenge.txt", tmp_path / "key.json"
        challenge.write_text("Nonce: abcdef0123456789")
        file.write_bytes(content)
        type_in.append("x")
        done = run("prove", "sign", challenge, "--keystore", file)
        assert (done.code, done.out) == (2, "")
        assert str(file) in done.err

    def test_a_wrong_passphrase(self, run: Run, type_in: list[str], tmp_path: Path) -> None:
        """2: a wrong passphrase opens nothing, and is not repeated."""
        challenge = tmp_path / "challenge.txt"
        challenge.write_text("Nonce: abcdef0123456789")
        type_in.append("newt-in-the-pond")
        file = keystore(Account.create(), "frog", tmp_path / "key.json")
        done = run("prove", "sign", challenge, "--keystore", file)
        assert done.code == 2
        assert "newt" not in done.err

    @pytest.mark.parametrize("signature", ["0x", "0x12", "zz" * 65, "0x" + "00" * 64])
    def test_no_signature(self, run: Run, tmp_path: Path, signature: str) -> None:
        """2: a text that is no signature is refused before any node is asked."""
        challenge = tmp_path / "challenge.txt"
        challenge.write_text("Nonce: abcdef0123456789\n")
        done = run("prove", "check", challenge, signature, "--rpc", DEAD)
        assert done.code == 2
        assert "130 hex digits" in done.err

    def test_no_challenge(self, run: Run, tmp_path: Path) -> None:
        """2: neither a missing file nor one without a nonce is a challenge."""
        file = tmp_path / "letter.txt"
        assert "cannot be read" in run("prove", "check", file, "0x" + "00" * 65).err
        file.write_text("Dear Sir or Madam")
        done = run("prove", "check", file, "0x" + "00" * 65)
        assert done.code == 2
        assert "holds no challenge" in done.err
