import subprocess
import sys

import pytest

from labelwright.media.kinds import media_kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("a.jpg", "image", id="JPEG"),
        pytest.param("b/2.JPEG", "image", id="capital letters, in a folder"),
        pytest.param("dir.zip/photo.Tif", "image", id="folder named like an archive"),
        pytest.param("logo.svg", "other", id="SVG has no pixels of its own"),
        pytest.param("clip.mp4", "video", id="video"),
        pytest.param("clip.anim3", "video", id="Amiga animation"),
        pytest.param("photos.zip", "zip", id="zip"),
        pytest.param("photos.tar.gz", "archive", id="compressed tar"),
        pytest.param("photos.tar.xz", "archive", id="tar of a rarer compression"),
        pytest.param("notes.xz", "other", id="compressed, but no tar"),
        pytest.param("scan.pdf", "pdf", id="PDF"),
        pytest.param("cloud.pcd", "pointcloud", id="point cloud"),
        pytest.param("000001.bin", "pointcloud", id="Kitti point cloud"),
        pytest.param("notes.txt", "other", id="text"),
        pytest.param("README", "other", id="no extension"),
        pytest.param(".jpg", "other", id="hidden file, not an extension"),
        pytest.param("jpg/", "other", id="folder named like an extension"),
    ],
)
def test_a_name_tells_the_kind(name, kind):
    assert media_kind(name) == kind


def test_names_and_numbers_load_no_codec():
    code = (
        "import sys, labelwright.media, labelwright.media.kinds, labelwright.media.chunks as chunks;"
        "chunks.default_chunk_size(10, 10);"
        "sys.exit(repr({'PIL', 'simplejpeg', 'av'} & set(sys.modules) or ''))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr.strip() == "''"
