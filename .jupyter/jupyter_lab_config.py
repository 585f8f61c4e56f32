"""JupyterLab for this project: jupyter lab --config=.jupyter/jupyter_lab_config.py."""

from pathlib import Path

HERE = Path(__file__).parent
c = get_config()  # noqa: F821

c.ServerApp.root_dir = str(HERE.parent)  # the notebooks link to files beside their folder
c.LabApp.default_url = "/lab/tree/notebooks"
c.LabApp.app_settings_dir = str(HERE)  # overrides.json
c.LabApp.custom_css = True
c.ServerApp.tornado_settings = {"static_custom_path": [str(HERE / "custom")]}
