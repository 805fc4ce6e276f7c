"""A client that begins as soon as its kernel can."""
import time
from queue import Empty

from jupyter_client.asynchronous import AsyncKernelClient

ANSWER = 1.0        # seconds until a kernel is asked again
PUBLISHED = 0.2     # seconds until what it publishes must have come


class PromptClient(AsyncKernelClient):
    """An asynchronous client that does not wait for the end of silence.

    The base class reads what a new kernel publishes until nothing has come
    for 0.2 s, for each notebook.  The kernel says itself when it has
    answered.
    """

    async def wait_for_ready(self, timeout=None):
        """Return when the kernel answers and its outputs arrive.

        Raises RuntimeError when it has died, or after `timeout` seconds.
        """
        started = time.monotonic()
        while True:
            asked = self.kernel_info()
            if await self._answered(asked) and await self._published(asked):
                return
            if not await self.is_alive():
                raise RuntimeError('the kernel died before it was ready')
            if timeout and time.monotonic() - started > timeout:
                raise RuntimeError(
                    f'the kernel was not ready after {timeout:g} s')

    async def _answered(self, asked):
        """Whether the reply to a request has come."""
        try:
            while True:
                reply = await self.shell_channel.get_msg(timeout=ANSWER)
                if reply['parent_header'].get('msg_id') == asked:
                    self._handle_kernel_info_reply(reply)
                    return True
        except Empty:
            return False

    async def _published(self, asked):
        """Whether all has come that the kernel published meanwhile."""
        try:
            while True:
                message = await self.iopub_channel.get_msg(timeout=PUBLISHED)
                if (message['parent_header'].get('msg_id') == asked
                        and message['content'].get('execution_state')
                        == 'idle'):
                    return True
        except Empty:
            return False
