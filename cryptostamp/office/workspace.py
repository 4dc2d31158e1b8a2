"""Where the files of an issued series lie: one folder, by default ``issued/`` beside the series.toml.

::

    issued/
    ├── ledger.sqlite3     what has been done, nothing secret; or
    ├── ledger.url         the PostgreSQL database that holds the ledger instead
    ├── edition.age        the secret of the edition, sealed with a passphrase
    ├── pictures/          the pictures of the tokens, as they were drawn at issue
    ├── dossier/           what goes public at issue
    ├── dossier.checked    the content address of the dossier that was made or checked here
    └── print/             what goes to the printer and the shop
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptostamp.edition import Dossier, EditionSecret, read_address, read_dossier
from cryptostamp.errors import InputError, StorageProblem
from cryptostamp.files import write_file
from cryptostamp.ledger import Ledger, check_url

__all__ = ["Workspace"]

_CHECKED = "dossier.checked"


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one issued series."""

    folder: Path

    @property
    def ledger_path(self) -> Path:
        """The SQLite file of the ledger, unless the ledger is in a database."""
        return self.folder / "ledger.sqlite3"

    @property
    def ledger_url_path(self) -> Path:
        """The file that names the database of the ledger, where it is in one."""
        return self.folder / "ledger.url"

    @property
    def secret_path(self) -> Path:
        """The sealed secret of the edition."""
        return self.folder / "edition.age"

    @property
    def pictures_folder(self) -> Path:
        """The pictures of the tokens; the dossier has them, too."""
        return self.folder / "pictures"

    @property
    def dossier_folder(self) -> Path:
        """What goes public."""
        return self.folder / "dossier"

    @property
    def print_folder(self) -> Path:
        """What goes to the printer and the shop."""
        return self.folder / "print"

    def make_print_folder(self) -> Path:
        """Return the folder of prints, made if it is not there."""
        try:
            self.print_folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageProblem(
                f"The folder cannot be made: {error.strerror}.",
                where=str(self.print_folder),
                remedy="Check free space and permissions.",
            ) from error
        return self.print_folder

    @property
    def ledger_place(self) -> Path | str:
        """The SQLite file of the ledger, or the URL of its database."""
        try:
            return self.ledger_url_path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return self.ledger_path
        except (OSError, UnicodeDecodeError) as error:
            # Going on with a new file instead would forget what has been sent.
            raise StorageProblem("Where the ledger is cannot be read.", where=str(self.ledger_url_path)) from error

    def ledger(self) -> Ledger:
        """Open the ledger, and make it if it is not there."""
        return Ledger(self.ledger_place)

    def use_database(self, url: str) -> None:
        """Keep the ledger of this folder in a PostgreSQL database from now on; the choice is for good.

        Raises `InputError` if the folder has another ledger already, for what has been sent stands in that one, or
        if the URL holds a password: those belong into the file that libpq reads, or its environment.
        """
        check_url(url)
        if self.ledger_path.exists() or self.ledger_place not in {self.ledger_path, url}:
            raise InputError(
                "This series has a ledger already.",
                where=str(self.ledger_path if self.ledger_path.exists() else self.ledger_url_path),
                remedy="What has been sent stands in that ledger; go on with it, and choose a database for the next "
                "series before it is issued.",
            )
        Ledger(url).close()  # it can be reached, and is a ledger
        write_file(self.ledger_url_path, f"{url}\n".encode())

    def dossier(self) -> Dossier:
        """Return the public dossier; raise `InputError` if the series has not been issued from here."""
        if not self.dossier_folder.is_dir():
            raise InputError(
                "No issued series was found here.",
                where=str(self.folder),
                remedy="Issue the series first (cryptostamp issue), or say with --issued where it was issued.",
            )
        return read_dossier(self.dossier_folder)

    def own_dossier(self) -> Dossier:
        """Return the dossier as `dossier` does, for whoever has issued it from here.

        What the claim keys hash to is computed once for the same bytes, and its content address is written down. A
        folder from somebody else is not to be believed like that: `dossier` checks everything.
        """
        try:
            known = self.dossier_folder.with_name(_CHECKED).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            known = None
        if known is None or not self.dossier_folder.is_dir():
            dossier = self.dossier()
        else:
            dossier = read_dossier(self.dossier_folder, checked=known)
        address = read_address(self.dossier_folder)
        if address != known:
            self.note_checked(address)
        return dossier

    def note_checked(self, address: str) -> None:
        """Write down the content address of a dossier that was made here, or checked in full."""
        write_file(self.dossier_folder.with_name(_CHECKED), f"{address}\n".encode())

    def keep_secret(self, secret: EditionSecret, passphrase: str) -> None:
        """Seal the secret of a new edition; never replaces one that is there."""
        write_file(self.secret_path, secret.seal(passphrase), replace=False)

    def open_secret(self, passphrase: str) -> EditionSecret:
        """Return the secret of the edition; raise `InputError` for a wrong passphrase."""
        try:
            sealed = self.secret_path.read_bytes()
        except OSError as error:
            raise StorageProblem(
                f"The sealed secret of the edition cannot be read: {error.strerror}.",
                where=str(self.secret_path),
                remedy="Put it back from your safe copy; without it no claim code can be printed.",
            ) from error
        return EditionSecret.unseal(sealed, passphrase)
