"""Fetch the photographs of Dollar Street 10: ``python3 lesson.py data``."""

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from helpers.data import DATA_FOLDER, FILES, DataError, read_folder

if TYPE_CHECKING:
    from pooch import Pooch

DOI = "10.5281/zenodo.10970014"
RECORD_PAGE = "https://zenodo.org/records/10970014"
RETRIES = 2
WAIT = 0.5  # seconds, between looks at whether another download has ended


def download_dollar_street(folder: str | Path | None = None) -> Path:
    """Fetch the photographs of Dollar Street 10 from Zenodo, once.

    The four files land in a temporary folder beside the target and move into place only when
    all of them are complete and their checksums are those of the archive. Files already there
    with the right checksum are kept; a set that is complete is left alone.

    Parameters
    ----------
    folder : str or Path, optional
        Where the files go; ``data/dollar-street-10`` of this repository if left out.

    Returns
    -------
    Path
        The folder that holds the four files.

    Raises
    ------
    DataError
        If the files could not be fetched, checked or written. Nothing is left half-written.

    Examples
    --------
    >>> download_dollar_street()  # doctest: +SKIP
    """
    # Resolved, because files cannot be moved in one step through a link to another disk.
    target = (DATA_FOLDER / "dollar-street-10" if folder is None else Path(folder)).resolve()
    prefix = f"{target.name}-download-"
    try:
        import pooch

        pooch.get_logger().setLevel("WARNING")
        target.parent.mkdir(parents=True, exist_ok=True)
        with _turn(target):
            # A download that was killed could not tidy up after itself.
            for leftover in target.parent.glob(f"{prefix}*"):
                shutil.rmtree(leftover, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=prefix, dir=target.parent) as temporary:
                staging = Path(temporary) / target.name
                archive = pooch.create(staging, f"doi:{DOI}", retry_if_failed=RETRIES)
                _fetch(archive, staging, target)
    except Exception as error:
        raise DataError(
            f"Dollar Street 10 was not downloaded. {_reason(error)} Or download the four files "
            f"{', '.join(FILES)} by hand from {RECORD_PAGE} and put them into {target}. "
            "The lesson also runs without them, on the pictures it came with."
        ) from error
    return target


@contextmanager
def _turn(target: Path) -> Iterator[None]:
    """Wait until no other download into this folder is under way, and let no other one begin."""
    path = target.with_name(f"{target.name}.lock")
    told = False
    while True:
        with path.open("a") as file:
            # Whoever had its turn before takes the file away: then the turn is one at nothing.
            if (
                _lock(file)
                and path.exists()
                and os.path.samestat(os.fstat(file.fileno()), path.stat())
            ):
                try:
                    yield
                    return
                finally:
                    with suppress(OSError):  # on Windows, where another one waits
                        path.unlink()
        if not told:
            print(f"Another download into {target} is under way: waiting for it.", flush=True)
        told = True
        time.sleep(WAIT)


def _lock(file: TextIO) -> bool:
    """Lock a file, if nobody else has; the system unlocks it when the process is gone."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # there are network drives that lock nothing
        return True
    return True


def _fetch(archive: "Pooch", staging: Path, target: Path) -> None:
    from pooch.hashes import hash_matches
    from tqdm import tqdm

    try:
        archive.load_registry_from_doi()
    except Exception as error:
        try:
            read_folder(target)
        except DataError:
            raise error from None
        print(
            f"Dollar Street 10 is already in {target} and can be read. Its checksums were not "
            f"compared with the archive's. {_reason(error)}"
        )
        return
    # Asked before anything is fetched: none of the four files may move into place without the rest.
    for name in FILES:
        if (target / name).is_dir():
            raise IsADirectoryError(f"{target / name} is a folder, where a file has to lie")
    checksums = archive.registry
    # pooch takes a missing checksum for "nothing to check".
    unlisted = [name for name in FILES if not checksums.get(name)]
    if unlisted:
        raise DataError(f"the record lists no {', '.join(unlisted)}")
    good = [
        name
        for name in FILES
        if (target / name).is_file() and hash_matches(target / name, checksums[name])
    ]
    if len(good) == len(FILES):
        print(f"Dollar Street 10 is already complete in {target}. Nothing was downloaded.")
        return
    staging.mkdir()
    for name in FILES:
        if name in good:
            shutil.copyfile(target / name, staging / name)
        else:
            print(f"Downloading {name}", flush=True)
            # Closed in any case, so that what is said next begins on a line of its own.
            with tqdm(total=1, unit="B", unit_scale=True, ncols=79, ascii=os.name == "nt") as bar:
                archive.fetch(name, progressbar=bar)
            # pooch writes files that only their owner can read; a class may share the folder.
            (staging / name).chmod(0o644)
    train, held_out = read_folder(staging)
    if target.exists():
        for name in FILES:
            os.replace(staging / name, target / name)
    else:
        # One step, so that no half set can be seen even if the power goes now.
        staging.rename(target)
    print(
        f"Dollar Street 10 is ready in {target}: {len(train[1])} training and "
        f"{len(held_out[1])} held-out pictures. License: CC BY 4.0, see data/README.md."
    )


def _reason(error: Exception) -> str:
    if isinstance(error, ImportError):
        return f"The package {error.name} is missing: `python3 lesson.py data` installs it first."
    from requests import exceptions

    if isinstance(error, exceptions.SSLError):
        return (
            "The archive's certificate could not be verified. Check the clock of this machine, "
            "update the certificates (`python -m pip install --upgrade certifi`), or try another "
            "network. Never switch the verification off."
        )
    if isinstance(error, exceptions.HTTPError):
        return f"The archive answered with an error ({error}). Try again later."
    broken = (exceptions.ConnectionError, exceptions.Timeout, exceptions.ChunkedEncodingError)
    if isinstance(error, broken):
        return (
            "There is no connection to the archive, or it broke off, or no answer came in time "
            f"({type(error).__name__}). Check the network and try again."
        )
    if isinstance(error, OSError) and not isinstance(
        error, exceptions.RequestException | DataError
    ):
        return (
            f"The files could not be written ({error}). Make room on the disk or free the folder."
        )
    return f"What the archive sent is not what was expected ({error}). Try again later."


def main() -> int:
    """Fetch Dollar Street 10, or say in one message why not.

    Returns
    -------
    int
        Exit status: 0 if the data are in place, 1 if not, 130 if you stopped it.

    Examples
    --------
    >>> main()  # doctest: +SKIP
    """
    # Whoever ends the process politely leaves no half download behind either.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        download_dollar_street()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Nothing was kept; start it again when you like.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
