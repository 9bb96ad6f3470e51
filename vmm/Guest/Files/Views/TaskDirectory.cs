using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dilaton.Guest;

/// <summary><c>/proc/PID/task</c>: a folder for each living thread.</summary>
internal sealed class TaskDirectory(
    ViewVolume volume,
    DirectoryInode parent,
    int processId,
    NodeFileSystem files,
    ProcessTexts texts)
    : ViewDirectory(volume, parent, "task")
{
    private const int ThreadSlot = 1;

    private readonly Dictionary<int, ViewDirectory> _threads = [];

    protected override int LookupHere(string child, [NotNullWhen(true)] out Inode? inode)
    {
        inode = null;
        bool isNumber = int.TryParse(
            child, NumberStyles.None, CultureInfo.InvariantCulture, out int id);
        if (!isNumber || !GetThreadIds().Contains(id))
        {
            return Errno.ENOENT;
        }

        inode = FindThread(id);
        return 0;
    }

    protected override int ListHere(out List<DirectoryEntry> entries)
    {
        entries = [];
        foreach (int id in GetThreadIds())
        {
            string name = id.ToString(CultureInfo.InvariantCulture);
            ViewDirectory thread = FindThread(id);
            entries.Add(new DirectoryEntry(name, thread.Record.Number, thread.Mode));
        }

        return 0;
    }

    private ViewDirectory FindThread(int id)
    {
        if (!_threads.TryGetValue(id, out ViewDirectory? thread))
        {
            thread = new ThreadDirectory(View, this, id, texts);
            _threads.Add(id, thread);
        }

        return thread;
    }

    private List<int> GetThreadIds()
    {
        List<int> ids = [];
        foreach (ThreadView thread in files.View?.Find(processId)?.Threads ?? [])
        {
            ids.Add(thread.Id);
        }

        return ids;
    }

    private sealed class ThreadDirectory : ViewDirectory
    {
        public ThreadDirectory(
            ViewVolume volume, DirectoryInode parent, int threadId, ProcessTexts texts)
            : base(
                volume,
                parent,
                threadId.ToString(CultureInfo.InvariantCulture),
                volume.CreateRecord(threadId, ThreadSlot))
        {
            AddText("comm", () => texts.GetName(threadId) + "\n", 0x1a4);
            AddText("stat", () => texts.GetStat(threadId));
            AddText("status", () => texts.GetStatus(threadId));
            AddText("children", () => "");
        }
    }
}
