"""Finds the build folder for a lit that was started in the source folder."""

import glob
import os

SOURCE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def site_config(lit_config, suite):
    """The site configuration of `suite` ("test", "test/Unit") in $MOE_BUILD_DIR,
    or else in the build folder below the source folder that was configured last."""
    chosen = os.environ.get("MOE_BUILD_DIR")
    folders = [chosen] if chosen else glob.glob(os.path.join(SOURCE_DIR, "build*"))
    sites = [os.path.join(folder, suite, "lit.site.cfg.py") for folder in folders]
    sites = [os.path.abspath(site) for site in sites if os.path.exists(site)]
    if not sites:
        where = chosen or os.path.join(SOURCE_DIR, "build*")
        lit_config.fatal(
            "no %s/lit.site.cfg.py in %s: configure a build with cmake first, "
            "or set MOE_BUILD_DIR to one" % (suite, where)
        )
    return max(sites, key=os.path.getmtime)
