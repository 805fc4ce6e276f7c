"""A `jupyter_client` provisioner whose kernels are forked from a template.

Registered as ``d2l-warm``; JupyterLab, nbclient and nbval use it through the
kernelspec ``d2l``.  Where forking is not possible, or the template cannot be
had, kernels are started plainly, so that nothing depends on it.
"""
import asyncio
import os
import time

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Float, List, Unicode

from tools.kernels import client

POLL = 0.003                # seconds
LISTENING_TIMEOUT = 10.0    # seconds; then clients have to try again


class WarmProvisioner(LocalProvisioner):
    """Starts kernels by forking a process that has imported the libraries."""

    preload = List(Unicode(), help='modules that the template imports').tag(
        config=True)
    idle = Float(300.0, help='seconds after which an unused template ends'
                 ).tag(config=True)
    warm = False

    async def launch_kernel(self, cmd, **kwargs):
        argv = self._kernel_arguments(cmd)
        if argv is None or not client.supported():
            return await super().launch_kernel(cmd, **kwargs)
        env = kwargs.get('env') or dict(os.environ)
        started = time.monotonic()
        try:
            self.process = await asyncio.to_thread(
                client.ForkedKernel, argv, kwargs.get('cwd') or os.getcwd(),
                env, list(self.preload), self.idle,
                (kwargs.get('stdout'), kwargs.get('stderr')))
        except (client.TemplateError, OSError) as error:
            self.log.warning('warm kernel not available, starting a plain '
                             'one: %s', error)
            return await super().launch_kernel(cmd, **kwargs)
        self.warm = True
        self.pid = self.process.pid
        self.pgid = self.process.pid    # the kernel leads its own session
        await self._listening()
        self.log.debug('warm kernel %d after %.2f s', self.pid,
                       time.monotonic() - started)
        return self.connection_info

    async def _listening(self):
        """Wait until the kernel's sockets can be connected to.

        A client that comes earlier tries again only after 0.1 s, and would
        miss the first messages.
        """
        info = self.connection_info
        if info.get('transport') != 'ipc':
            return
        ip = info['ip'].decode() if isinstance(
            info['ip'], bytes) else info['ip']
        paths = [f'{ip}-{info[port]}' for port in
                 ('shell_port', 'iopub_port', 'control_port', 'hb_port')]
        deadline = time.monotonic() + LISTENING_TIMEOUT
        while (self.process.poll() is None and time.monotonic() < deadline
               and not all(map(os.path.exists, paths))):
            await asyncio.sleep(POLL)

    async def kill(self, restart=False):
        """End the kernel; it is gone when this returns.

        The manager would look for that every 0.1 s only.
        """
        process = self.process
        await super().kill(restart)
        deadline = time.monotonic() + 1
        while (self.warm and process and process.poll() is None
               and time.monotonic() < deadline):
            await asyncio.sleep(POLL)

    @staticmethod
    def _kernel_arguments(cmd):
        """Arguments after ``-m ipykernel_launcher``; None without it."""
        if 'ipykernel_launcher' in cmd:
            return list(cmd[cmd.index('ipykernel_launcher') + 1:])
        return None
