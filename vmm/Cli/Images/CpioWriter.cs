using System.Buffers;
using System.Globalization;
using System.Text;

namespace Dilaton.Cli;

/// <summary>An initial RAM disk: an archive in cpio's "newc" format (Linux, Documentation/driver-api/early-userspace/
/// buffer-format.rst). Owner root, time 0: the same files are the same bytes.</summary>
internal sealed class CpioWriter
{
    private const int FolderMode = 0x41ed;
    private const int FileMode = 0x81a4;
    private const int ProgramMode = 0x81ed;
    private const int Alignment = 4;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private int _number;

    public void AddFolder(string name) => Add(name, FolderMode, []);

    public void AddFile(string name, ReadOnlySpan<byte> content, bool isProgram = false) =>
        Add(name, isProgram ? ProgramMode : FileMode, content);

    /// <summary>Nothing can be added afterwards.</summary>
    public byte[] Finish()
    {
        _number = -1;
        Add("TRAILER!!!", 0, []);
        return _bytes.WrittenSpan.ToArray();
    }

    private void Add(string name, int mode, ReadOnlySpan<byte> content)
    {
        byte[] path = [.. Encoding.UTF8.GetBytes(name), 0];

        // Number, mode, user, group, links, time, size, device, device of the file (each two), length of the
        // name, check sum.
        int[] fields = [++_number, mode, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, path.Length, 0];
        StringBuilder header = new("070701");
        foreach (int field in fields)
        {
            header.Append(CultureInfo.InvariantCulture, $"{field:X8}");
        }

        _bytes.Write(Encoding.ASCII.GetBytes(header.ToString()));
        _bytes.Write(path);
        Pad();
        _bytes.Write(content);
        Pad();
    }

    private void Pad()
    {
        while (_bytes.WrittenCount % Alignment != 0)
        {
            _bytes.Write<byte>([0]);
        }
    }
}
