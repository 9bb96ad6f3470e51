using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Walks paths through the guest's tree, one component at a time, as the Linux kernel
/// does (path_resolution(7)). Links are followed here and nowhere else, so an absolute link starts
/// at the guest's root and <c>..</c> stops there.</summary>
/// <param name="maySearch">Whether names of a folder may be looked up.</param>
internal sealed class PathResolver(DirectoryInode root, Func<DirectoryInode, bool> maySearch)
{
    public const int PathLengthMax = 4096;
    public const int NameLengthMax = 255;

    private const int LinkCountMax = 40;

    private enum LastLink
    {
        Follow,
        FollowIfSlash,
        Create,
        Keep,
    }

    public DirectoryInode Root { get; } = root;

    /// <param name="start">Where a relative path begins.</param>
    /// <param name="followLast">Follow a link in the last component; one with a slash behind it is
    /// always followed.</param>
    public PathLookup Resolve(DirectoryInode start, string path, bool followLast)
    {
        int budget = LinkCountMax;
        LastLink last = followLast ? LastLink.Follow : LastLink.FollowIfSlash;
        return Walk(start, path, last, ref budget);
    }

    /// <summary>Finds the place of a file that is opened or else made: links are followed, but a
    /// slash behind the last name, also in a link's text, is left to the caller to refuse.
    /// </summary>
    public PathLookup ResolveForCreate(DirectoryInode start, string path)
    {
        int budget = LinkCountMax;
        return Walk(start, path, LastLink.Create, ref budget);
    }

    /// <summary>Finds the place of a name that is to be made, moved or removed: a link there is
    /// never followed, and a slash behind it is left to the caller to judge.</summary>
    public PathLookup ResolvePlace(DirectoryInode start, string path)
    {
        int budget = LinkCountMax;
        return Walk(start, path, LastLink.Keep, ref budget);
    }

    private PathLookup Walk(
        DirectoryInode start, string path, LastLink lastLink, ref int linkBudget)
    {
        if (path.Length == 0)
        {
            return PathLookup.Failed(Errno.ENOENT);
        }

        if (path.Length >= PathLengthMax)
        {
            return PathLookup.Failed(Errno.ENAMETOOLONG);
        }

        DirectoryInode at = path[0] == '/' ? Root : start;
        int next = SkipSlashes(path, 0);
        if (next == path.Length)
        {
            return new PathLookup { Parent = Root, Name = "/", Target = Root };
        }

        while (true)
        {
            int end = path.IndexOf('/', next);
            end = end < 0 ? path.Length : end;
            string name = path[next..end];
            next = SkipSlashes(path, end);
            if (next == path.Length)
            {
                return WalkLast(at, name, end < path.Length, lastLink, ref linkBudget);
            }

            PathLookup step = Step(at, name, LastLink.Follow, ref linkBudget);
            if (step.ErrorOrMissing != 0)
            {
                return PathLookup.Failed(step.ErrorOrMissing);
            }

            if (step.Target is not DirectoryInode folder)
            {
                return PathLookup.Failed(Errno.ENOTDIR);
            }

            at = folder;
        }
    }

    private PathLookup WalkLast(
        DirectoryInode at, string name, bool hasSlash, LastLink lastLink, ref int linkBudget)
    {
        LastLink link = lastLink switch
        {
            LastLink.FollowIfSlash when hasSlash => LastLink.Follow,
            LastLink.Create when hasSlash => LastLink.Keep,
            _ => lastLink,
        };
        PathLookup last = Step(at, name, link, ref linkBudget);
        if (last.Error != 0 && lastLink == LastLink.Keep)
        {
            return new PathLookup
            {
                Parent = at,
                Name = name,
                NameError = last.Error,
                HasTrailingSlash = hasSlash,
            };
        }

        if (!hasSlash || last.Error != 0)
        {
            return last;
        }

        return link == LastLink.Keep || last.Target is null or DirectoryInode
            ? last with { HasTrailingSlash = true }
            : PathLookup.Failed(Errno.ENOTDIR);
    }

    /// <summary>One component from a folder, and on through the links it leads to.</summary>
    private PathLookup Step(
        DirectoryInode at, string name, LastLink link, ref int linkBudget)
    {
        if (name is "." or "..")
        {
            DirectoryInode target = name.Length == 1 ? at : at.Parent;
            return new PathLookup { Parent = at, Name = name, Target = target };
        }

        if (name.Length > NameLengthMax)
        {
            return PathLookup.Failed(Errno.ENAMETOOLONG);
        }

        if (!maySearch(at))
        {
            return PathLookup.Failed(Errno.EACCES);
        }

        int error = at.Lookup(name, out Inode? inode);
        if (error is not (0 or Errno.ENOENT))
        {
            return PathLookup.Failed(error);
        }

        Invariant.Require(error != 0 || inode is not null);
        if (inode is SymlinkInode found && (link is LastLink.Follow or LastLink.Create))
        {
            return Follow(at, name, found, link, ref linkBudget);
        }

        return new PathLookup { Parent = at, Name = name, Target = inode };
    }

    private PathLookup Follow(
        DirectoryInode at,
        string name,
        SymlinkInode link,
        LastLink mode,
        ref int linkBudget)
    {
        if (linkBudget-- == 0)
        {
            return PathLookup.Failed(Errno.ELOOP);
        }

        if (link.TryJump(out int error, out Inode? target))
        {
            return error != 0
                ? PathLookup.Failed(error)
                : new PathLookup { Parent = at, Name = name, Target = target };
        }

        error = link.ReadTarget(out string text);
        return error != 0
            ? PathLookup.Failed(error)
            : Walk(at, text, mode, ref linkBudget);
    }

    private static int SkipSlashes(string path, int at)
    {
        while (at < path.Length && path[at] == '/')
        {
            at++;
        }

        return at;
    }
}
