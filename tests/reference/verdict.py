"""How the judges of networks say what they found. Needs none of the libraries that they stand on."""

import subprocess


def verdict(name, differences, tolerance):
    """Goes through differences, of (what, relative difference), and prints "ok NAME" or "not ok NAME" with what was
    found. Where the program or a judge refuses (subprocess.CalledProcessError, RuntimeError) that is what is found."""
    try:
        found = dict(differences)
    except subprocess.CalledProcessError as error:
        found = {error.stderr.strip(): float("inf")}
    except RuntimeError as error:
        found = {str(error): float("inf")}
    good = all(difference < tolerance for difference in found.values())
    print(f"# {name}: " + ", ".join(f"{what} {difference:.1e}" for what, difference in found.items()))
    print(f"{'ok' if good else 'not ok'} {name}", flush=True)
    return good
