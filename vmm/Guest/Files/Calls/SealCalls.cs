namespace Dilaton.Guest;

/// <summary>F_ADD_SEALS and F_GET_SEALS of fcntl(2).</summary>
internal static class SealCalls
{
    public static long Get(OpenFile file) =>
        file.Inode is TmpFile sealable ? sealable.Seals : -Errno.EINVAL;

    /// <param name="view">Tells who maps the file; null: nobody.</param>
    public static long Add(OpenFile file, uint seals, IMachineView? view)
    {
        if (!file.CanWrite)
        {
            return -Errno.EPERM;
        }

        if ((seals & ~FileSeals.All) != 0 || file.Inode is not TmpFile sealable)
        {
            return -Errno.EINVAL;
        }

        if (sealable.IsSealed(FileSeals.Seal))
        {
            return -Errno.EPERM;
        }

        bool isNew = (seals & ~sealable.Seals & FileSeals.Write) != 0;
        if (isNew && view?.IsMappedForWriting(sealable.Volume.Device, sealable.Record.Number) == true)
        {
            return -Errno.EBUSY;
        }

        sealable.Seals |= seals;
        return 0;
    }
}
