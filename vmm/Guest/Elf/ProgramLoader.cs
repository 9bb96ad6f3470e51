using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Puts a program, and the interpreter it asks for, into an empty address space.
/// </summary>
internal sealed class ProgramLoader(AddressSpace space, IFileOpener files)
{
    /// <summary>Where the program goes: a position-independent one into its node's own window, one
    /// at fixed addresses into the first.</summary>
    /// <param name="isShared">The worker has other nodes, so only its own window will do.</param>
    /// <exception cref="GuestLoadException">It can't be loaded there.</exception>
    public static AddressWindow WindowOf(
        IFileOpener files, string path, AddressWindow own, bool isShared)
    {
        IMappableFile file = Open(files, path, path, "");
        if (ElfReader.Read(file).Header.IsPositionIndependent)
        {
            return own;
        }

        return !isShared
            ? AddressWindow.First
            : throw new GuestLoadException(
                path,
                "it is linked for fixed addresses, so it can't share a worker with other nodes: "
                    + "link it with -pie or -static-pie, or give its node `isolation: process`");
    }

    /// <exception cref="GuestLoadException">It can't be loaded.</exception>
    public LoadedProgram Load(string path)
    {
        IMappableFile file = Open(files, path, path, "");
        ElfFile elf = ElfReader.Read(file);
        string? interpreterPath = ElfReader.ReadInterpreter(file, elf);
        LoadedImage image = Place(
            file,
            elf,
            elf.Header.IsPositionIndependent ? space.Window.PositionIndependentImage : 0);
        LoadedImage? interpreter = interpreterPath is null
            ? null
            : LoadInterpreter(path, interpreterPath);
        space.SetHeap(image.End);
        return new LoadedProgram(image, interpreter);
    }

    private LoadedImage LoadInterpreter(string program, string path)
    {
        IMappableFile file = Open(files, program, path, "its interpreter ");
        ElfFile elf = ElfReader.Read(file);
        if (!elf.Header.IsPositionIndependent)
        {
            throw new GuestLoadException(path, "an interpreter at fixed addresses can't be used");
        }

        return Place(file, elf, space.Window.ModulesStart);
    }

    private static IMappableFile Open(
        IFileOpener files, string program, string path, string role)
    {
        int error = files.TryOpen(path, out IMappableFile? file);
        return error == 0 && file is not null
            ? file
            : throw new GuestLoadException(
                program, $"{role}{(role.Length > 0 ? path + " " : "")}can't be opened: "
                + Native.HostErrno.Describe(error))
            {
                Error = error,
            };
    }

    /// <param name="at">Where a position-independent image starts.</param>
    private LoadedImage Place(IMappableFile file, ElfFile elf, ulong at)
    {
        ulong bias = 0;
        if (elf.Header.IsPositionIndependent)
        {
            bias = at - elf.ImageStart;
        }

        if (elf.ImageStart + bias < space.Window.LowestAddress
            || elf.ImageEnd + bias > space.Window.EngineStart)
        {
            throw new GuestLoadException(
                file.Name,
                $"its image 0x{elf.ImageStart + bias:x}..0x{elf.ImageEnd + bias:x} lies outside "
                + $"0x{space.Window.LowestAddress:x}..0x{space.Window.EngineStart:x}")
            {
                IsMisplaced = true,
            };
        }

        ulong mappedEnd = 0;
        foreach (ElfSegment segment in elf.Segments)
        {
            MapSegment(file, segment, bias, mappedEnd);
            mappedEnd = GuestPage.Ceiling(segment.End + bias);
        }

        return new LoadedImage(elf, file.Name, bias);
    }

    private void MapSegment(
        IMappableFile file, in ElfSegment segment, ulong bias, ulong mappedEnd)
    {
        ulong address = segment.Address + bias;
        ulong start = GuestPage.Floor(address);
        if (start < mappedEnd)
        {
            throw new GuestLoadException(
                file.Name, $"the segment at 0x{segment.Address:x} shares a page with another");
        }

        ulong fileEnd = GuestPage.Ceiling(address + segment.FileBytes);
        ulong end = GuestPage.Ceiling(address + segment.MemoryBytes);
        if (segment.FileBytes > 0)
        {
            Map(file, new MapRequest
            {
                Address = start,
                LengthBytes = fileEnd - start,
                Protection = segment.Protection,
                Placement = MapPlacement.FixedNoReplace,
                Kind = AreaKind.PrivateFile,
                File = file,
                FileOffset = GuestPage.Floor(segment.FileOffset),
                FileLengthBytes = address - start + segment.FileBytes,
            });
        }
        else
        {
            fileEnd = start;
        }

        if (end > fileEnd)
        {
            Map(file, new MapRequest
            {
                Address = fileEnd,
                LengthBytes = end - fileEnd,
                Protection = segment.Protection,
                Placement = MapPlacement.FixedNoReplace,
                Kind = AreaKind.Anonymous,
            });
        }
    }

    private void Map(IMappableFile file, MapRequest request)
    {
        long mapped = space.Map(request);
        if (mapped < 0)
        {
            throw new GuestLoadException(
                file.Name,
                mapped == -Errno.ENOMEM
                    ? $"0x{request.LengthBytes:x} bytes at 0x{request.Address:x} do not fit the "
                        + $"granted memory of {space.LimitBytes} bytes"
                    : Native.HostErrno.Describe((int)-mapped))
            {
                Error = (int)-mapped,
            };
        }
    }
}
