"""Photographs of one's own: hundreds of picture files, in all the states that cameras, phones and
the web leave them in.

They are written from the photographs at ../shared/real-photos (or where LESSON_PHOTOGRAPHS says),
and once more from the drawn pictures, which are always there.
"""

import io
import os
import re
import struct
import subprocess
import sys
import unicodedata
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from helpers.backstage import photos
from helpers.backstage.photos import classify_photo, load_photo
from helpers.data import DataError, MissingDataError, class_names, load_data, load_photos, scale

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {
    "photographs": Path(
        os.environ.get("LESSON_PHOTOGRAPHS", ROOT.parent / "shared" / "real-photos")
    ),
    "drawings": ROOT / "data" / "sketch-street-10",
}
PROC = Path("/proc/self")
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="such files are made on Linux only")

# Name: format, mode, options of Pillow, and how far a value may be off, on average.
KINDS = {
    "jpeg": ("JPEG", "RGB", {"quality": 95}, 7),
    "jpeg without subsampling": ("JPEG", "RGB", {"quality": 98, "subsampling": 0}, 2),
    "jpeg, progressive": ("JPEG", "RGB", {"quality": 95, "progressive": True}, 7),
    "jpeg, gray": ("JPEG", "L", {"quality": 95}, 2),
    "jpeg, CMYK": ("JPEG", "CMYK", {"quality": 95}, 5),
    "png": ("PNG", "RGB", {}, 0),
    "png, gray": ("PNG", "L", {}, 0),
    "png, black and white": ("PNG", "1", {}, 0),
    "png, palette": ("PNG", "P", {}, 0),
    "png, alpha": ("PNG", "RGBA", {}, 1),
    "png, gray and alpha": ("PNG", "LA", {}, 1),
    "png, 16 bits": ("PNG", "I;16", {}, 0),
    "gif": ("GIF", "P", {}, 0),
    "webp": ("WEBP", "RGB", {"quality": 95}, 7),
    "webp, lossless": ("WEBP", "RGB", {"lossless": True}, 0),
    "webp, alpha": ("WEBP", "RGBA", {"lossless": True}, 1),
    "avif": ("AVIF", "RGB", {"quality": 95, "speed": 10}, 7),
    "bmp": ("BMP", "RGB", {}, 0),
    "bmp, palette": ("BMP", "P", {}, 0),
}
WITH_EXIF = [kind for kind, (form, *_) in KINDS.items() if form in ("JPEG", "PNG", "WEBP", "AVIF")]

# How an upright picture lies in the file, for each orientation that EXIF knows.
LAID = {
    1: lambda pixels: pixels,
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: np.rot90,
    7: lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels, -1),
}


@pytest.fixture(scope="module", params=SOURCES)
def pictures(request):
    """Forty pictures of 64 x 64 pixels."""
    folder = SOURCES[request.param]
    if not (folder / "train_images.npy").exists():
        pytest.skip(f"NO PHOTOGRAPHS at {folder}; name a folder in LESSON_PHOTOGRAPHS")
    return np.load(folder / "train_images.npy", mmap_mode="r")[:40].astype("uint8")


@pytest.fixture
def picture(pictures):
    return pictures[7]


@pytest.fixture(autouse=True)
def quiet(capfd):
    """Nothing is left open, nobody is warned, and no library writes to the error stream."""
    before = len(os.listdir(PROC / "fd")) if PROC.exists() else 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    assert not PROC.exists() or len(os.listdir(PROC / "fd")) == before
    printed(capfd)


def printed(capfd):
    """Return what was printed, once nothing was written to the error stream."""
    out, err = capfd.readouterr()
    assert err == ""
    return out


def exif(orientation):
    tags = Image.Exif()
    tags[photos.ORIENTATION] = orientation
    return tags.tobytes()


def to_mode(pixels, mode):
    """Return a picture in this mode, and what color a person sees at each pixel."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if mode == "I;16":
        gray = np.asarray(image.convert("L"))
        return Image.fromarray(gray.astype("uint16") * 257), np.dstack([gray] * 3)
    if mode in ("RGBA", "LA"):
        alpha = np.linspace(0, 255, image.width).astype("uint8")[None].repeat(image.height, 0)
        color = np.asarray(image.convert("L").convert("RGB") if mode == "LA" else image)
        share = alpha[..., None] / 255
        image = image.convert(mode)
        image.putalpha(Image.fromarray(alpha))
        return image, color * share + 255 * (1 - share)
    image = image.quantize() if mode == "P" else image.convert(mode)
    return image, np.asarray(image.convert("RGB"))


def write(path, pixels, kind="png", **options):
    """Write a file, and return what a person sees in it, and how far it may be off."""
    form, mode, more, tolerance = KINDS[kind]
    image, seen = to_mode(pixels, mode)
    image.save(path, form, **more | options)
    return seen, tolerance


def encode(pixels, kind):
    file = io.BytesIO()
    write(file, pixels, kind)
    return file.getvalue()


def check(found, expected, tolerance):
    assert found.shape == expected.shape
    assert np.abs(found.astype(float) - expected).mean() <= tolerance


def make_folder(folder, pictures, names=("cat", "dog"), n=4):
    for label, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for i in range(n):
            write(folder / name / f"{i}.png", pictures[label * n + i])
    return folder


# --- one file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_shows_what_was_written(tmp_path, pictures, kind):
    for i in range(0, 12, 2):
        left, right = pictures[i : i + 2]
        for name, axis, middle in [("wide", 1, np.s_[:, 32:96]), ("high", 0, np.s_[32:96])]:
            path = tmp_path / f"{name} {i}"  # the name need not say what it is
            seen, tolerance = write(path, np.concatenate([left, right], axis), kind)
            found = load_photo(path)
            assert found.dtype == np.uint8 and found.shape == (1, 64, 64, 3)
            assert found.flags.writeable and scale(found).max() <= 1
            check(found[0], seen[middle], tolerance)


@pytest.mark.parametrize("kind", WITH_EXIF)
def test_a_picture_is_turned_upright(tmp_path, pictures, kind):
    upright = np.concatenate([pictures[3], pictures[4]], axis=1)
    for orientation, lay in LAID.items():
        path = tmp_path / str(orientation)
        lying, tolerance = write(path, lay(upright), kind, exif=exif(orientation))
        expected = LAID[{6: 8, 8: 6}.get(orientation, orientation)](lying)
        check(load_photo(path)[0], expected[:, 32:96], tolerance)
        if KINDS[kind][1] == "RGB":
            np.testing.assert_array_equal(expected, upright)
            # Another program agrees about what is upright.
            with Image.open(path) as image:
                check(np.asarray(ImageOps.exif_transpose(image)), upright, tolerance)


BLOCKS = [
    exif(0),
    exif(9),
    exif(65535),
    exif(6)[:9] + b"\xff" * 30,
    b"Exif\0\0no EXIF at all",
    b"E",
]


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp, lossless"])
def test_a_broken_orientation_costs_no_picture(tmp_path, picture, kind):
    for block in BLOCKS:
        seen, tolerance = write(tmp_path / "a", picture, kind, exif=block)
        check(load_photo(tmp_path / "a")[0], seen, tolerance)


@pytest.mark.parametrize("kind", ["gif", "png", "webp, lossless"])
def test_of_an_animation_the_first_picture_is_taken(tmp_path, pictures, kind):
    others = [to_mode(pixels, KINDS[kind][1])[0] for pixels in pictures[1:5]]
    path = tmp_path / "a"
    seen, _ = write(path, pictures[0], kind, save_all=True, append_images=others, duration=100)
    with Image.open(path) as image:
        assert image.n_frames == 5
    check(load_photo(path)[0], seen, 0)


def test_what_is_transparent_becomes_white(tmp_path):
    # Black under the transparent part, as many programs write it, must not shine through.
    pixels = np.zeros((8, 8, 4), "uint8")
    pixels[:, :4] = (200, 30, 60, 255)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    found = load_photo(tmp_path / "a.png", 8)[0]
    np.testing.assert_array_equal(found, np.where(pixels[..., 3:] > 0, pixels[..., :3], 255))
    smaller = load_photo(tmp_path / "a.png", 4)[0]
    check(smaller[:, 0], np.full((4, 3), (200, 30, 60)), 4)
    check(smaller[:, -1], np.full((4, 3), 255), 4)
    # One color of a palette, of a gray or of a color picture can be the transparent one, too.
    for mode, value in [("P", 0), ("L", 0), ("RGB", (0, 0, 0)), ("1", 0)]:
        flat = Image.new(mode, (8, 8), value)
        flat.save(tmp_path / "b.png", transparency=value)
        assert (load_photo(tmp_path / "b.png") == 255).all(), mode


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 3), (63, 65), (1000, 64)])
@pytest.mark.parametrize("size", [1, 3, 64, 100])
def test_every_shape_becomes_a_square(tmp_path, shape, size):
    image = Image.new("RGB", shape, (10, 200, 90))
    for kind in ("png", "jpeg"):
        image.save(tmp_path / "a", KINDS[kind][0])
        found = load_photo(tmp_path / "a", size)
        assert found.shape == (1, size, size, 3)
        assert np.abs(found.astype(int) - (10, 200, 90)).max() <= (3 if kind == "jpeg" else 0)


def test_a_smaller_size_keeps_the_picture(tmp_path, picture):
    write(tmp_path / "a.png", picture.repeat(6, 0).repeat(6, 1))
    write(tmp_path / "a.jpg", picture.repeat(6, 0).repeat(6, 1), "jpeg")
    means = picture.reshape(16, 4, 16, 4, 3).mean((1, 3))
    for name, tolerance in [("a.png", 8), ("a.jpg", 8)]:
        check(load_photo(tmp_path / name, 64)[0], picture, tolerance)
        check(load_photo(tmp_path / name, 16)[0], means, tolerance)


# --- large files ------------------------------------------------------------------------------

MEASURE = """
import sys, PIL.Image
from helpers.backstage.photos import load_photo
def peak():
    return int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) / 1000
before = peak()
image = load_photo(sys.argv[1])
print(peak() - before, image[0, ::63, 32, 0])
"""


@only_linux
@pytest.mark.parametrize(("name", "megabytes"), [("a.jpg", 30), ("a.png", 260)])
def test_a_large_photograph_takes_bounded_memory(tmp_path, name, megabytes):
    """8000 x 6000 pixels, four bytes each: a PNG is decoded as a whole, a JPEG at an eighth."""
    Image.linear_gradient("L").resize((8000, 6000)).save(tmp_path / name, compress_level=1)
    command = [sys.executable, "-c", MEASURE, tmp_path / name]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "notebooks")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert not done.stderr
    taken, first, last = re.findall(r"[\d.]+", done.stdout)
    assert float(taken) < megabytes
    assert int(first) < 4 and int(last) > 251


def png(width, height):
    """A PNG that says it is so large, and holds next to nothing."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    chunks += [(b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("side", [8001, 10_000, 50_000, 2**31 - 1])
def test_absurd_sizes_are_refused_before_they_take_memory(tmp_path, side):
    (tmp_path / "a.png").write_bytes(png(side, side))
    with pytest.raises(DataError, match=r"a.png has .*too many.*make it smaller"):
        load_photo(tmp_path / "a.png")


# --- faults -----------------------------------------------------------------------------------

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200
TEXTS = {
    "empty.jpg": (b"", "is empty"),
    "renamed.jpg": ("Dear Anna, äöü\n".encode() * 50, "holds no whole picture"),
    "page.png": (b"<!doctype html><title>404</title>", "holds no whole picture"),
    "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "holds no whole picture"),
    "print.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "holds no whole picture"),
    "film.mov": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"\0" * 90, "holds no whole picture"),
    "short.jpg": (b"\xff\xd8\xff", "holds no whole picture|cannot be read"),
    "IMG 1.HEIC": (HEIC, "is in HEIC.*pip install pillow-heif.*as JPEG"),
    "bomb.png": (png(99_999, 99_999), "has .*too many pixels"),
    "zero.png": (png(0, 0), "holds no whole picture|cannot be read"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_files_that_are_no_pictures(tmp_path, name, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    content, fault = TEXTS[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=rf"{name} ({fault}).*Give a picture file"):
        load_photo(tmp_path / name)


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_are_cut_short(tmp_path, pictures, kind):
    for i, keep in enumerate([0.05, 0.3, 0.6, 0.9]):
        whole = encode(pictures[i], kind)
        (tmp_path / "a").write_bytes(whole[: int(keep * len(whole))])
        with pytest.raises(DataError, match=r"/a (is cut short|cannot be read|holds no whole)"):
            load_photo(tmp_path / "a")


def test_damaged_files_never_do_worse_than_be_refused(tmp_path, pictures):
    rng = np.random.default_rng(5)
    path, read = tmp_path / "a", 0
    for kind in KINDS:
        whole = encode(pictures[rng.integers(40)], kind)
        for among in [len(whole)] * 6 + [100] * 6:
            damaged = bytearray(whole)
            for place in rng.integers(among, size=3):
                damaged[place] = rng.integers(256)
            path.write_bytes(damaged)
            try:
                read += load_photo(path).shape == (1, 64, 64, 3)
            except DataError as error:
                assert f"{path} " in str(error)
    assert read > 20


def test_what_is_no_file(tmp_path, monkeypatch):
    (tmp_path / "x.jpg").mkdir()
    (tmp_path / "locked.jpg").write_bytes(b"x")
    monkeypatch.setattr(Path, "open", lambda *_: os.open("/", os.O_WRONLY))  # an OSError
    for name, fault in [("x.jpg", "is a folder"), ("locked.jpg", "cannot be read: Is a direc")]:
        with pytest.raises(DataError, match=f"{name} {fault}"):
            load_photo(tmp_path / name)
    with pytest.raises(MissingDataError, match=r"no file '.*none.jpg'.*Looked in"):
        load_photo(str(tmp_path / "none.jpg"))


@only_linux
def test_links_and_pipes(tmp_path, picture):
    os.symlink("loop.jpg", tmp_path / "loop.jpg")
    os.symlink("nowhere", tmp_path / "lost.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, fault in [
        ("loop.jpg", "is a link that leads nowhere"),
        ("lost.jpg", "is a link that leads nowhere"),
        ("pipe.jpg", "is no file, but a pipe"),
    ]:
        with pytest.raises(DataError, match=f"{name} {fault}"):
            load_photo(tmp_path / name)
    seen, _ = write(tmp_path / "real.png", picture)
    os.symlink("real.png", tmp_path / "link.jpg")
    check(load_photo(tmp_path / "link.jpg")[0], seen, 0)


@pytest.mark.parametrize("path", [None, 3, b"a.jpg", "", "a\0b", ["a.jpg"]])
def test_paths_that_are_none(path):
    with pytest.raises(DataError, match="The path is .*Give the path of a picture file"):
        load_photo(path)
    with pytest.raises(DataError, match="The path is .*Give the path of a folder"):
        load_photos(path)


@pytest.mark.parametrize("size", [0, -1, 2.5, "64", None, True, 10**6, float("inf")])
def test_sizes_that_are_none(tmp_path, pictures, size):
    folder = make_folder(tmp_path / "mine", pictures)
    for function, path in [(load_photo, folder / "cat" / "0.png"), (load_photos, folder)]:
        with pytest.raises(ValueError, match=r"whole number|GB of memory"):
            function(path, size)


def test_heic_where_its_package_is_there(tmp_path, pictures):
    pillow_heif = pytest.importorskip("pillow_heif")
    for orientation, lay in LAID.items():
        image = Image.fromarray(np.ascontiguousarray(lay(pictures[0])))
        file = pillow_heif.from_pillow(image)
        file.save(tmp_path / "a.heic", quality=95, exif=exif(orientation))
        check(load_photo(tmp_path / "a.heic")[0], pictures[0], 3)


# --- a folder of classes ----------------------------------------------------------------------

UMLAUTS = "Tür & Tor"
CLASSES = ("1 a.b", "Größe", UMLAUTS)


def make_zoo(folder, pictures):
    """Write pictures of all kinds into three classes, faults and litter; return what was meant."""
    meant = {}
    for label, name in enumerate(CLASSES):
        # As macOS stores it: the dots of the umlaut are a letter of their own.
        class_folder = folder / unicodedata.normalize("NFD", name)
        class_folder.mkdir(parents=True)
        for i, kind in enumerate(KINDS):
            pixels = pictures[(label * 13 + i) % len(pictures)]
            seen, _ = write(class_folder / f"Foto {i:02} ä.{KINDS[kind][0]}", pixels, kind)
            meant[label, i] = seen
        for litter in (".DS_Store", "._Foto.jpg", "Thumbs.db", "desktop.ini"):
            (class_folder / litter).write_bytes(b"litter")
        (class_folder / ".ipynb_checkpoints").mkdir()
    for hidden in (".git", "__MACOSX"):
        (folder / hidden).mkdir()
    return meant


def test_a_folder_of_all_kinds_of_files(tmp_path, pictures, capfd):
    meant = make_zoo(tmp_path / "zoo", pictures)
    train, validation = load_photos(tmp_path / "zoo")
    n = len(KINDS)
    held_out = round(n / 4)
    assert printed(capfd) == (
        f"zoo: {3 * (n - held_out)} training and {3 * held_out} validation pictures of 64 x 64 "
        "pixels, 3 classes\n"
    )
    assert class_names(tmp_path / "zoo") == CLASSES
    for images, labels in (train, validation):
        assert images.dtype == np.uint8 and images.shape == (len(labels), 64, 64, 3)
        assert labels.dtype == np.int64
    np.testing.assert_array_equal(np.bincount(validation[1]), [held_out] * 3)
    # Each picture is there once, with the label of its folder, and they are mixed.
    places = np.array([place for place in meant])
    expected = np.stack([*meant.values()]).astype(float)
    found = []
    for image, label in zip(*map(np.concatenate, zip(train, validation, strict=True)), strict=True):
        far = np.abs(expected - image).mean((1, 2, 3)) + 1000 * (places[:, 0] != label)
        found.append(far.argmin())
        assert far.min() < 5
    assert sorted(found) == list(range(3 * n))
    assert (np.diff(train[1]) < 0).any()


def test_each_fault_is_named_and_the_rest_is_loaded(tmp_path, pictures, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.setattr(photos, "MOST_LINES", 100)
    folder = tmp_path / "zoo"
    make_zoo(folder, pictures)
    whole = load_photos(folder, seed=3)
    assert "Left out" not in printed(capfd)
    (folder / "notes.txt").write_text("what is this")
    expected = ["notes.txt lies beside the folders of the classes"]
    for name, (content, fault) in TEXTS.items():
        (folder / CLASSES[0] / name).write_bytes(content)
        expected.append(f"{CLASSES[0]}/{name} ({fault})")
    class_folder = folder / unicodedata.normalize("NFD", UMLAUTS)
    (class_folder / "x.jpg").mkdir()
    expected.append(f"{UMLAUTS}/x.jpg is a folder")
    for i, kind in enumerate(KINDS):
        half = encode(pictures[i], kind)[: 60 + i]
        (class_folder / f"Tür {i}").write_bytes(half)
        expected.append(rf"{UMLAUTS}/Tür {i} (is cut short|cannot be read|holds no whole)")
    pairs = load_photos(folder, seed=3)
    line, head, *lines = printed(capfd).splitlines()
    assert line.startswith("zoo: ") and head == f"Left out, {len(expected)} files:"
    for pattern in expected:
        assert sum(bool(re.match(rf"  {pattern}", line)) for line in lines) == 1, pattern
    assert len(lines) == len(expected)
    for pair, before in zip(pairs, whole, strict=True):
        for found, same in zip(pair, before, strict=True):
            np.testing.assert_array_equal(found, same)


def test_a_long_report_ends_in_a_count(tmp_path, pictures, capfd):
    folder = make_folder(tmp_path / "mine", pictures)
    (folder / "cat" / "a.jpg").touch()
    load_photos(folder)
    assert printed(capfd).splitlines()[1:] == [
        "Left out, 1 file:",
        "  cat/a.jpg is empty",
    ]
    for i in range(30):
        (folder / "dog" / f"{i}.jpg").touch()
    load_photos(folder)
    lines = printed(capfd).splitlines()
    assert len(lines) == photos.MOST_LINES + 3 and lines[-1] == "  and 23 more"


@only_linux
def test_names_that_cannot_be_printed(tmp_path, pictures, capfd):
    folder = make_folder(tmp_path / "mine", pictures)
    os.rename(folder / "cat", os.fsencode(folder) + b"/c\xe4t\n")
    (folder / "dog" / "a\nb\udcff.jpg").touch()
    load_photos(folder)
    assert "  dog/a\ufffdb\ufffd.jpg is empty\n" in printed(capfd)
    assert class_names(folder) == ("c\ufffdt\ufffd", "dog")


def test_the_same_seed_gives_the_same_pictures(tmp_path, pictures):
    folder = make_folder(tmp_path / "mine", pictures, n=10)
    first, again, other = (load_photos(folder, 8, 0.4, seed)[1] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])
    assert first[0].shape == (8, 8, 8, 3)


def test_two_of_each_class_are_enough(tmp_path, pictures, capfd):
    (train, train_labels), (_, val_labels) = load_photos(
        make_folder(tmp_path / "mine", pictures, n=2), test_fraction=0.9
    )
    assert sorted(train_labels) == sorted(val_labels) == [0, 1]


@pytest.mark.parametrize("fraction", [0, 1, 1.0, -0.5, None, "0.5", float("nan"), True])
def test_fractions_that_are_none(tmp_path, fraction):
    with pytest.raises(DataError, match="between 0 and 1"):
        load_photos(tmp_path, test_fraction=fraction)


def test_folders_that_are_none(tmp_path, pictures):
    folder = tmp_path / "mine"
    with pytest.raises(MissingDataError, match=r"no folder '.*mine'.*mine/cat/1.jpg.*Looked in"):
        load_photos(folder)
    folder.touch()
    with pytest.raises(DataError, match="mine is a file.*at least two folders"):
        load_photos(folder)
    folder.unlink()
    folder.mkdir()
    (folder / ".hidden").mkdir()
    write(folder / "a.png", pictures[0])
    with pytest.raises(DataError, match="holds no folders.*at least two folders"):
        load_photos(folder)
    make_folder(folder, pictures, ["cat"])
    with pytest.raises(DataError, match="holds one folder.*at least two folders"):
        load_photos(folder)
    (folder / "dog").mkdir()
    (folder / "emu").mkdir()
    write(folder / "emu" / "a.png", pictures[0])
    (folder / "emu" / "b.png").touch()
    with pytest.raises(DataError, match=r"dog \(0\), emu \(1\).*at least two(.|\n)*b.png is empty"):
        load_photos(folder)


def test_a_folder_that_cannot_be_listed(tmp_path, pictures, monkeypatch):
    folder = make_folder(tmp_path / "mine", pictures)
    real = Path.iterdir

    def refuse(path):
        if path.name == "dog":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(DataError, match=r"/dog cannot be read \(Permission denied\)"):
        load_photos(folder)


def test_too_many_pictures_are_refused_before_any_is_read(tmp_path, monkeypatch):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for i in range(50):
            (tmp_path / name / f"{i}.jpg").touch()
    monkeypatch.setattr(photos, "_read", lambda *_: pytest.fail("a file was read"))
    with pytest.raises(
        DataError, match=r"100 pictures of 600 x 600.* 0.11 GB.*0.43 GB.*most 92 of this size"
    ):
        load_photos(tmp_path, 600)


def test_load_data_says_what_loads_photographs(tmp_path, pictures):
    folder = make_folder(tmp_path / "mine", pictures, ["cat", "cow", "dog", "emu"], 2)
    with pytest.raises(MissingDataError, match=r"\(cat, cow, dog, ...\).*load_photos\('.*mine'\)"):
        load_data(folder)
    for part in ("train", "test"):
        np.save(folder / f"{part}_images.npy", pictures)
        np.save(folder / f"{part}_labels.npy", np.arange(40) % 10)
    load_data(folder)  # with the four files there, its folders are none of classes
    assert class_names(folder)[0] == "class 0"


# --- a network's answer -----------------------------------------------------------------------


class Network:
    """It sees how red, green and blue a picture is."""

    input_shape = (None, 16, 16, 3)
    output_shape = (None, 3)

    def predict(self, images, verbose):
        assert images.dtype == np.float32 and images.max() <= 1
        return 5 * images.mean((1, 2))


def test_a_network_answers_for_a_file(tmp_path):
    Image.new("RGB", (300, 200), (0, 255, 0)).save(tmp_path / "a.png")
    ax = classify_photo(Network(), tmp_path / "a.png", ["red", "green", "blue"])
    share = np.exp(5) / (np.exp(5) + 2)
    assert ax.get_title() == f"green {share:.0%}"
    shown = ax.get_images()[0].get_array()
    assert shown.shape == (16, 16, 3) and (shown == (0, 255, 0)).all()


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("input_shape", (None, 784), r"\(1, size, size, 3\)"),
        ("input_shape", (None, 28, 28, 1), r"\(1, size, size, 3\)"),
        ("input_shape", (None, 28, 20, 3), r"\(1, size, size, 3\)"),
        ("input_shape", (None, None, None, 3), r"\(1, size, size, 3\)"),
        ("output_shape", (None, 4), "3 names.*class_names"),
    ],
)
def test_a_network_that_does_not_fit(name, shape, expected):
    network = Network()
    setattr(network, name, shape)
    with pytest.raises(DataError, match=expected):
        classify_photo(network, "a.png", ["red", "green", "blue"])


# --- the module itself ------------------------------------------------------------------------


def test_importing_the_module_stays_light():
    heavy = ["tensorflow", "keras", "matplotlib", "PIL"]
    code = "import sys, helpers.backstage.photos, helpers.data; "
    code += "helpers.data.class_names(); "
    code += f"print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "notebooks", capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr
