using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Bridge.Simulator.Load.Wire;

/// <summary>
/// The system's own calls. A receive tells when the bytes reached this machine, as the kernel stamped them (SO_TIMESTAMPNS, man 7
/// socket): what is measured is then the subject's delay and not how soon the generator looked, and it may look seldom. No socket here
/// may be disposed: its number is another's then.
/// </summary>
internal static unsafe partial class SocketCalls
{
    private const int SocketLevel = 1;
    private const int TimestampNs = 35;
    private const int TryAgain = 11;
    private const int Interrupted = 4;
    private const int BrokenPipe = 32;
    private const int Reset = 104;
    private const int TimedOut = 110;

    /// <summary>A peer that is gone is found by the next receive; no signal is needed for it.</summary>
    private const int NoSignal = 0x4000;

    /// <summary>A stamp older than this is none: the wall's clock was set.</summary>
    private const long Oldest = 10_000 * Reactor.Millisecond;

    /// <summary>What is received from this socket is stamped: when it is the first of the machine to ask, from a moment later on.</summary>
    public static void AskForTimes(Socket socket)
    {
        var on = 1;
        socket.SetRawSocketOption(SocketLevel, TimestampNs, new ReadOnlySpan<byte>(&on, sizeof(int)));
    }

    /// <summary>Receives what there is, in one system call.</summary>
    /// <param name="socket">Which does not block.</param>
    /// <param name="into">Where to.</param>
    /// <param name="arrived">When the last of it came: nanoseconds of <see cref="Reactor.Now"/>.</param>
    /// <returns>How many bytes; 0 when the connection is over, -1 when there is nothing.</returns>
    public static int Receive(Socket socket, Span<byte> into, out long arrived)
    {
        Control control = default;
        fixed (byte* start = into)
        {
            var piece = new Piece { Start = start, Length = (nuint)into.Length };
            var message = new Message { Pieces = &piece, PieceCount = 1, Control = &control, ControlLength = (nuint)sizeof(Control) };
            var received = (int)Receive((int)socket.SafeHandle.DangerousGetHandle(), &message, 0);
            var error = received < 0 ? Marshal.GetLastPInvokeError() : 0;
            var isStamped = received > 0 && message.ControlLength >= (nuint)sizeof(Control) && control is { Level: SocketLevel, Type: TimestampNs };
            // The wall's clock first: whoever is held up between the two makes a delay longer, never shorter.
            var age = isStamped ? Age(control) : 0;
            arrived = Reactor.Now - age;
            return error switch
            {
                0 => received,
                TryAgain or Interrupted => -1,
                BrokenPipe or Reset or TimedOut => 0,
                _ => throw new Win32Exception(error),
            };
        }
    }

    /// <summary>Sends what the socket takes at once, and says how many bytes that was.</summary>
    public static int Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return Math.Max(0, (int)Send((int)socket.SafeHandle.DangerousGetHandle(), start, (nuint)bytes.Length, NoSignal));
    }

    private static long Age(in Control control)
    {
        var age = ((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100) - (control.Seconds * 1_000_000_000) - control.Nanoseconds;
        return age is > 0 and < Oldest ? age : 0;
    }

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint Receive(int socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint Send(int socket, byte* bytes, nuint length, int flags);

    // struct iovec.
    private struct Piece
    {
        public byte* Start;
        public nuint Length;
    }

    // struct msghdr of a 64-bit, little-endian Linux.
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Piece* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    // struct cmsghdr with a timespec.
    private struct Control
    {
        public nuint Length;
        public int Level;
        public int Type;
        public long Seconds;
        public long Nanoseconds;
    }
}
