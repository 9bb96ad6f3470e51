using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Programs with sockets on a node that has only its loopback.</summary>
public sealed class SocketProgramTests
{
    private const string Python = "/usr/bin/python3";

    [Theory]
    [InlineData("static")]
    [InlineData("dynamic")]
    public void Names_AreFoundInTheNodesOwnFiles(string kind) => CheckNames(kind);

    [RequiresTheory("/usr/bin/musl-gcc")]
    [InlineData("musl")]
    [InlineData("musl-dynamic")]
    [Trait("Tier", "slow")]
    public void Names_AreFoundByMusl(string kind) => CheckNames(kind);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Sockets_GiveNativeOutputOnAnyNumberOfCores(int cores)
    {
        CommandResult native = Run.Native(Paths.Guest("sockets"), []);
        Run run = Run.Of(["--cores", $"{cores}"], Paths.Guest("sockets"), []);
        run.Output.ShouldBe(native.Output);
        run.ExitCode.ShouldBe(0, run.Error);
    }

    [RequiresFact(Python)]
    [Trait("Tier", "slow")]
    public void PythonWebServer_ServesItself() => SameAsNative(
        """
        import http.server, threading, urllib.request
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = (self.path * 1000).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *a):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for i in range(3):
            url = f"http://127.0.0.1:{server.server_port}/{i}"
            with urllib.request.urlopen(url) as answer:
                print(answer.status, len(answer.read()))
        server.shutdown()
        """);

    [RequiresFact(Python)]
    [Trait("Tier", "slow")]
    public void PythonAsyncio_TalksToItself() => SameAsNative(
        """
        import asyncio
        async def echo(reader, writer):
            while line := await reader.readline():
                writer.write(line.upper())
                await writer.drain()
            writer.close()
        async def ask(port, n):
            reader, writer = await asyncio.open_connection("localhost", port)
            writer.write(b"hello %d\n" % n)
            writer.write_eof()
            line = await reader.readline()
            writer.close()
            return line.decode().strip()
        async def main():
            server = await asyncio.start_server(echo, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            print(await asyncio.gather(*(ask(port, n) for n in range(5))))
            server.close()
        asyncio.run(main())
        """);

    private static void SameAsNative(string program)
    {
        string[] arguments = ["-S", "-E", "-c", program];
        CommandResult native = Run.Native(Python, arguments);
        native.ExitCode.ShouldBe(0, native.Error);
        Run run = Run.Of([], Python, arguments);
        run.Output.ShouldBe(native.Output, run.Error);
        run.ExitCode.ShouldBe(0, run.Error);
    }

    private static void CheckNames(string kind)
    {
        Run run = Run.Of([], Paths.Guest("names", kind), ["nobody.invalid"]);
        run.Output.ShouldBe(
            """
            this is dilaton
            localhost is 127.0.0.1
            dilaton is 127.0.1.1
            127.0.0.1 is 127.0.0.1
            nobody.invalid is not known
            lo 127.0.0.1 mask 255.0.0.0 mtu 65536 flags 49
            /sys/class/net: lo
            /proc/net/dev has    lo

            """,
            run.Error);
        run.ExitCode.ShouldBe(0, run.Error);
    }
}
