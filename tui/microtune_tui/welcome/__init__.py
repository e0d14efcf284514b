"""The first run: four short screens, one file each. Everything can be changed later."""
