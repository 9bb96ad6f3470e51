using System.Text;

namespace Dilaton.Guest;

/// <summary>Finds the program behind a path: of a script, by its first line, the interpreter, with
/// the script's path among its arguments (execve(2), "Interpreter scripts").</summary>
internal sealed class ProgramResolver(IFileOpener files)
{
    private const int FirstLineBytesMax = 256;

    /// <summary>As many scripts may each be the interpreter of the one before.</summary>
    private const int ScriptsMax = 4;

    private const uint AnyExecute = 0x49;

    /// <returns>0 or an <see cref="Errno"/>.</returns>
    public int TryResolve(
        string path,
        IReadOnlyList<byte[]> arguments,
        IReadOnlyList<byte[]> environment,
        out ProgramStart? start)
    {
        start = null;
        string asked = path;
        Span<byte> buffer = stackalloc byte[FirstLineBytesMax];
        for (int depth = 0; depth <= ScriptsMax; depth++)
        {
            int error = files.TryOpen(path, out IMappableFile? file);
            if (error != 0 || file is null)
            {
                return error == Errno.EISDIR ? Errno.EACCES : error;
            }

            if (file is OpenFile open && (open.Inode.Mode & AnyExecute) == 0)
            {
                return Errno.EACCES;
            }

            Span<byte> line = buffer[..file.Read(0, buffer)];
            if (!line.StartsWith("#!"u8))
            {
                start = new ProgramStart
                {
                    Path = asked,
                    ExecutablePath = file.Name,
                    Arguments = arguments,
                    Environment = environment,
                };
                return 0;
            }

            if (!TryReadInterpreter(line[2..], out string interpreter, out byte[]? argument))
            {
                // Linux takes a first line without an end for an interpreter without a name.
                bool isWhole = line.Length == FirstLineBytesMax || line.Contains((byte)'\n');
                return isWhole ? Errno.ENOEXEC : Errno.EACCES;
            }

            List<byte[]> longer = [Encoding.UTF8.GetBytes(interpreter)];
            if (argument is not null)
            {
                longer.Add(argument);
            }

            longer.Add(Encoding.UTF8.GetBytes(path));
            longer.AddRange(arguments.Skip(1));
            arguments = longer;
            path = interpreter;
        }

        return Errno.ELOOP;
    }

    /// <param name="argument">All that follows the interpreter, as one.</param>
    private static bool TryReadInterpreter(
        ReadOnlySpan<byte> line, out string interpreter, out byte[]? argument)
    {
        int end = line.IndexOf((byte)'\n');
        line = (end < 0 ? line : line[..end]).Trim(" \t"u8);
        int space = line.IndexOfAny((byte)' ', (byte)'\t');
        interpreter = Encoding.UTF8.GetString(space < 0 ? line : line[..space]);
        argument = space < 0 ? null : line[space..].Trim(" \t"u8).ToArray();
        return interpreter.Length > 0;
    }
}
