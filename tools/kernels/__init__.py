"""Warm kernels: Jupyter kernels forked from a process that has imported torch.

`template` is that process, `client` finds or starts it, `provisioner` lets
any Jupyter client use it, and `spec` installs the kernelspec ``d2l``.
"""
