project = "Lantern"
version = "2.1"
release = version
extensions = ["myst_parser"]
exclude_patterns = ["_build", "inc"]
html_theme = "basic"
rst_epilog = """
.. |brand| replace:: Lantern
"""
