using System.Text;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Programs of the distribution, as they are.</summary>
public sealed class DistributionTests
{
    private const string Busybox = "/bin/busybox";

    [RequiresTheory(Busybox)]
    [InlineData("sha256sum", "text")]
    [InlineData("md5sum", "text")]
    [InlineData("sort", "text")]
    [InlineData("sort -n -r", "text")]
    [InlineData("gzip -c", "text")]
    [InlineData("wc", "text")]
    [InlineData("cat -n", "text")]
    public void BusyboxApplet_GivesNativeOutput(string applet, string file) =>
        Same(Busybox, [.. applet.Split(' '), file]);

    [RequiresFact(Busybox)]
    public void BusyboxAwk_GivesNativeOutput() => Same(Busybox,
    [
        "awk", "{ n[$2] += $1 } END { for (i = 0; i < 10; i++) printf \"%d %.3f\\n\", i, n[i] / 7 }",
        "text",
    ]);

    [RequiresFact(Busybox)]
    public void BusyboxGunzip_GivesBackWhatGzipTook()
    {
        using TempFolder folder = Folder();
        Run packed = Run.Of([], Busybox, ["gzip", "-k", "text"], new() { Folder = folder.Path });
        packed.ExitCode.ShouldBe(0, packed.Error);
        Run unpacked = Run.Of([], Busybox, ["gzip", "-dc", "text.gz"],
            new() { Folder = folder.Path });
        unpacked.Output.ShouldBe(File.ReadAllText(folder.File("text"), Encoding.Latin1));
    }

    [RequiresFact("/bin/ls")]
    public void Ls_GivesNativeOutput() => Same("/bin/ls", ["-1"]);

    [RequiresFact("/usr/bin/sqlite3")]
    public void Sqlite_GivesNativeOutput() => Same("/usr/bin/sqlite3",
    [
        "data.db",
        """
        create table t(a integer primary key, b text);
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 300)
            insert into t select i, 'row ' || (i * 7919 % 1000) from n;
        create index x on t(b);
        select count(*), sum(a), min(b), max(b) from t;
        select b, a from t order by b desc limit 5;
        select round(avg(a) / 7.0, 6), group_concat(b) from (select * from t limit 3);
        """,
    ]);

    [RequiresFact("/usr/bin/python3")]
    public void Python_GivesNativeOutput() => Same("/usr/bin/python3",
    [
        "-S", "-E", "-c",
        """
        import math, json, hashlib, re
        words = {}
        for line in open("text"):
            for w in re.findall(r"[a-z]+", line):
                words[w] = words.get(w, 0) + 1
        print(json.dumps(dict(sorted(words.items())[:5])), sum(words.values()))
        print(hashlib.sha256(b"dilaton").hexdigest(), math.factorial(30), 2 ** 0.5)
        try:
            [][1]
        except IndexError as e:
            print("caught", e)
        """,
    ]);

    [RequiresFact("/usr/bin/python3")]
    [Trait("Tier", "slow")]
    public void PythonThreads_GiveNativeOutput() => Same("/usr/bin/python3",
    [
        "-S", "-E", "-c",
        """
        import threading, queue
        q, done = queue.Queue(), []
        def work():
            while True:
                n = q.get()
                if n is None:
                    return
                done.append(n * n)
        threads = [threading.Thread(target=work) for _ in range(4)]
        [t.start() for t in threads]
        [q.put(n) for n in range(200)]
        [q.put(None) for _ in threads]
        [t.join() for t in threads]
        print(sum(done), len(done))
        """,
    ]);

    private static void Same(string program, IReadOnlyList<string> arguments)
    {
        using TempFolder natively = Folder(), ours = Folder();
        CommandResult native = Run.Native(program, arguments, new() { Folder = natively.Path });
        Run run = Run.Of([], program, arguments, new() { Folder = ours.Path });
        run.Output.ShouldBe(native.Output, run.Error);
        run.Error.ShouldBe(native.Error);
        run.GuestExitCode.ShouldBe(native.ExitCode);
        Contents(ours).ShouldBe(Contents(natively));
    }

    private static TempFolder Folder()
    {
        var folder = new TempFolder();
        var text = new StringBuilder();
        ulong x = 1;
        for (int i = 0; i < 2000; i++)
        {
            x = x * 6364136223846793005 + 1442695040888963407;
            text.Append(x >> 44).Append(' ').Append(i % 10).Append(" line ")
                .Append((char)('a' + (int)((x >> 40) % 26))).Append('\n');
        }

        folder.Write("text", text.ToString());
        folder.Write("other", "x\n");
        return folder;
    }

    private static IEnumerable<string> Contents(TempFolder folder) =>
        Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal)
            .Select(f => $"{Path.GetFileName(f)} {new FileInfo(f).Length}");
}
