using System.Net;
using System.Net.Sockets;
using Dilaton.Cli;
using Microsoft.Win32.SafeHandles;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>A guest's bytes on their way to a descriptor of the host.</summary>
public sealed class HostOutputTests
{
    /// <summary>More than the host keeps, so that the writer is told to try again.</summary>
    [Fact]
    public async Task WhereTheDescriptorDoesNotBlock_AllIsWritten()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var writer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        writer.Connect(listener.LocalEndpoint);
        writer.Blocking = false;
        using Socket reader = listener.AcceptSocket();
        using var handle = new SafeFileHandle(writer.Handle, ownsHandle: false);
        byte[] bytes = new byte[32 << 20];
        new Random(1).NextBytes(bytes);
        Task<bool> writing = Task.Run(() => HostOutput.TryWrite(handle, bytes));

        byte[] read = new byte[bytes.Length];
        int count = 0;
        while (count < read.Length && reader.Receive(read.AsSpan(count)) is var received and > 0)
        {
            count += received;
        }

        (await writing).ShouldBeTrue();
        read.AsSpan(0, count).SequenceEqual(bytes).ShouldBeTrue();
    }
}
