"""The whole of it, running: sockets, files, function, gateway, daemon, AWS, watcher, started and stopped in order."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path

from local.api_gateway import Front, FrontOptions, RequestRecord, access_event
from local.aws import AwsProcess, Configuration, GatewayRequest, Place
from local.code import find_code
from local.endpoint.call import Answer, Call
from local.errors import LocalError
from local.files import Files
from local.lambda_api import Invoked, LambdaControl, Snapshots
from local.lambda_runtime import LambdaFunction, Limits
from local.logs import LogEvent
from local.ports import LOOPBACK, bind_tcp, bind_udp
from local.reload import Watcher, watched
from local.run_file import RunFile
from local.settings import Settings
from local.start_lines import Started, Urls, start_lines
from local.template import read_application
from local.terminal import Terminal
from local.viewer_process import ViewedAt, ViewerProcess
from local.xray.daemon import Daemon

KILLED = 130  # the exit code of a process that Ctrl-C ended


class Stack:
    """One `python -m local up`."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], terminal: Terminal) -> None:
        self._settings = settings
        self._environ = environ
        self._terminal = terminal
        self._application = read_application(settings.template, settings.parameters, environ)
        self._served = find_code(settings, self._application)
        self._files: Files
        self._aws: AwsProcess
        self._control: LambdaControl
        self._function: LambdaFunction
        self._invoked: Invoked
        self._front: Front

    async def run(self) -> None:
        """Serves until SIGINT, SIGTERM or SIGHUP; a second one ends it at once. Raises LocalError."""
        self._end_on_signals()
        try:
            async with AsyncExitStack() as exits:
                await self._start(exits)
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass  # a signal: everything is stopped by now
        self._terminal.note("stopped")

    async def _start(self, exits: AsyncExitStack) -> None:
        settings, folder = self._settings, self._settings.dir
        run_file = RunFile(folder)
        run_file.take()
        exits.callback(run_file.release)
        udp = exits.enter_context(bind_udp(settings.xray_port, "LOCAL_XRAY_PORT"))
        tcp = exits.enter_context(bind_tcp(settings.port, "LOCAL_PORT"))
        aws = exits.enter_context(bind_tcp(settings.aws_port, "LOCAL_AWS_PORT"))
        viewer = exits.enter_context(bind_tcp(settings.viewer_port, "LOCAL_VIEWER_PORT"))
        stage = f"/{self._application.api.stage}" if settings.stage_path else ""
        api_url, aws_url = f"{_url(tcp)}{stage}", _url(aws)
        self._aws = self._new_aws(aws, api_url, _url(viewer))
        await self._aws.open()
        exits.push_async_callback(self._aws.stop)
        self._files = exits.enter_context(Files(folder, self._terminal.rejected, self._terminal.note, self._aws))
        daemon = Daemon(self._files.traces)
        await daemon.start(udp)
        exits.push_async_callback(daemon.stop)
        xray_address = f"{LOOPBACK}:{udp.getsockname()[1]}"
        limits = Limits.detect(settings.shaping)
        await self._start_function(exits, limits, xray_address)
        self._front = self._new_front()
        await self._front.start(tcp)
        exits.push_async_callback(self._front.stop)
        await self._aws.start()
        await self._start_viewer(exits, viewer, aws_url)
        await self._watch(exits)
        exits.callback(self._say_what_was_kept)
        urls = Urls(api_url, aws_url, _url(viewer), xray_address)
        run_file.write({"started": int(time.time()), **asdict(urls)})
        started = Started(settings, self._application, self._served, limits.description, urls)
        for line in start_lines(started):
            self._terminal.note(line)

    @property
    def _region(self) -> str:
        """Of AWS_REGION or AWS_DEFAULT_REGION, as boto3 has it."""
        return self._application.function.region

    async def _start_viewer(self, exits: AsyncExitStack, listener: socket.socket, aws_url: str) -> None:
        root = self._settings.template.resolve().parent
        at = ViewedAt(aws_url, self._region, root)
        viewer = ViewerProcess(listener, at, tell=self._terminal.note, environ=self._environ)
        await viewer.start()
        exits.push_async_callback(viewer.stop)

    async def _start_function(self, exits: AsyncExitStack, limits: Limits, xray_address: str) -> None:
        self._configure()
        self._function = LambdaFunction(
            self._application.latest,
            self._served.code,
            logs=self,
            segments=self._files.traces,
            limits=limits,
            daemon_address=xray_address,
            measure=self._aws.measure,
        )
        await self._function.start()
        exits.callback(self._terminal.settle)
        exits.push_async_callback(self._function.stop)
        root = self._served.code.task_root
        frozen = (str(path.relative_to(root)) for paths in self._watched() for path in paths)
        snapshots = Snapshots(self._settings.dir.resolve() / "versions", frozen)
        self._control = LambdaControl(self._function, snapshots, self._terminal.note)
        exits.push_async_callback(self._control.stop)
        self._invoked = self._control.invoked(self._application.alias)
        await self._deploy()

    async def _deploy(self) -> None:
        """Lets the API invoke what the code and the configuration are now."""
        application = self._application
        if application.alias is not None:
            await self._control.deploy(application.alias, application.function.provisioned_concurrency)
        self._invoked.alias = application.alias

    def put(self, event: LogEvent) -> None:
        """The function's and Lambda's lines: to the files and to the terminal."""
        self._files.logs.put(event)
        self._aws.put(event)
        self._terminal.put(event)

    def _new_aws(self, listener: socket.socket, api_url: str, viewer_url: str) -> AwsProcess:
        settings = self._settings
        port = listener.getsockname()[1]
        place = Place(settings.dir, settings.template, settings.parameters, port, api_url, viewer_url, self._region)

        async def control(call: Call) -> Answer:
            return await self._control.answer(call)

        return AwsProcess(place, listener, control=control, tell=self._terminal.note, environ=self._environ)

    def _configure(self) -> None:
        """Tells the AWS process what runs here."""
        api = self._application.api
        name = self._application.function.name
        self._aws.configure(Configuration(name, api.name, api.api_id, api.stage, api.detailed_metrics))

    def _new_front(self) -> Front:
        settings = self._settings
        return Front(
            self._application.api,
            self._invoked,
            segments=self._files.traces,
            on_request=self._seen,
            options=FrontOptions(frozenset(settings.hosts), settings.stage_path),
        )

    def _seen(self, record: RequestRecord) -> None:
        self._files.put_request(record)
        api = self._application.api
        met_no_stage = record.error is not None and record.error_type is None
        if api.access_log is not None and not met_no_stage:
            event = access_event(api.access_log, api, record)
            self._files.logs.put(event)
            self._aws.put(event)
        self._terminal.request(record)
        self._aws.put_request(
            GatewayRequest(
                record.time_ms,
                record.resource,
                record.method,
                record.status,
                record.duration_ms,
                record.integration_ms,
            )
        )

    def _say_what_was_kept(self) -> None:
        requests, rejected = self._files.requests, self._files.traces.rejected
        self._terminal.note(f"{requests} requests, {rejected} rejected datagrams; all is kept in {self._settings.dir}/")

    async def _watch(self, exits: AsyncExitStack) -> None:
        if not self._settings.reload or self._settings.artifact is not None:
            return
        folders, files = self._watched()
        watcher = Watcher(folders, [*files, self._settings.template.resolve()], self._reload)
        exits.push_async_callback(watcher.stop)
        await watcher.start()

    def _watched(self) -> tuple[list[Path], list[Path]]:
        """Folders and files of the code."""
        return watched(self._served.code.task_root, self._application.function.handler, self._settings.watch)

    async def _reload(self, paths: list[Path]) -> None:
        """New sandboxes with the new code; with the new configuration too when the template is among the paths."""
        try:
            reread = self._settings.template.resolve() in paths
            if reread:
                self._reread()
            # What UpdateFunctionConfiguration set outlives new code, and not a new template.
            config = self._application.latest if reread else None
            await self._function.replace(config, self._served.code)
            await self._deploy()
        except LocalError as error:
            self._terminal.note(f"not reloaded, the former version goes on: {error}")
            return
        self._front.api = self._application.api
        self._configure()
        self._terminal.note(f"reloaded: {', '.join(self._shown(path) for path in paths)}")

    def _reread(self) -> None:
        application = read_application(self._settings.template, self._settings.parameters, self._environ)
        self._served = find_code(self._settings, application)
        self._application = application

    def _shown(self, path: Path) -> str:
        root = self._served.code.task_root
        return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)

    def _end_on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        signals = 0

        def end() -> None:
            nonlocal signals
            signals += 1
            if signals > 1:
                os._exit(KILLED)  # the sandboxes notice that they are orphans and end
            self._terminal.note("stopping; once more to kill")
            if task is not None:
                task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, end)


def _url(sock: socket.socket) -> str:
    return f"http://{LOOPBACK}:{sock.getsockname()[1]}"
