using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>One received frame, in libzmq's memory and not copied. It is filled again by each
/// receive.</summary>
public sealed class ZeroMqMessage : IDisposable
{
    private nint _message;

    public ZeroMqMessage()
    {
        unsafe
        {
            // SAFETY: 64 bytes that never move are what libzmq asks for; zmq_msg_init always
            // succeeds, and ours until Dispose.
            _message = (nint)NativeMemory.AlignedAlloc(ZeroMqCalls.MessageBytes, 64);
            _ = ZeroMqCalls.zmq_msg_init(_message);
        }
    }

    ~ZeroMqMessage() => Free();

    /// <summary>The frame. Valid until the next receive into this message or until it is disposed.
    /// It may begin at any address.</summary>
    public ReadOnlySpan<byte> Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_message == 0, this);
            nuint size = ZeroMqCalls.zmq_msg_size(_message);
            unsafe
            {
                // SAFETY: libzmq keeps that many bytes there until the message is filled again or
                // closed, as the summary says.
                return new ReadOnlySpan<byte>(
                    (void*)ZeroMqCalls.zmq_msg_data(_message), checked((int)size));
            }
        }
    }

    /// <summary>Whether further frames of the same message follow.</summary>
    public bool HasMore => ZeroMqCalls.zmq_msg_more(Handle) != 0;

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_message == 0, this);
            return _message;
        }
    }

    /// <summary>Gives the frame's memory back; the message is then empty.</summary>
    public void Clear()
    {
        _ = ZeroMqCalls.zmq_msg_close(Handle);
        _ = ZeroMqCalls.zmq_msg_init(Handle);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_message == 0)
        {
            return;
        }

        _ = ZeroMqCalls.zmq_msg_close(_message);
        unsafe
        {
            // SAFETY: allocated in the constructor, freed once.
            NativeMemory.AlignedFree((void*)_message);
        }

        _message = 0;
    }
}
