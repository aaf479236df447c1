using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Bridge.Simulator.Load.Wire;

/// <summary>
/// Linux's epoll (man 7 epoll), level-triggered: the one way to wait for thousands of sockets on one thread that costs next to
/// nothing. What measures must take less than what is measured, and .NET's own way is what is measured.
/// </summary>
internal sealed partial class Epoll : IDisposable
{
    public const uint Readable = 0x001;
    public const uint Writable = 0x004;

    /// <summary>Error or hang-up: reported unasked.</summary>
    public const uint Broken = 0x008 | 0x010;

    /// <summary>So many sockets at once; when there are as many there may be more.</summary>
    public const int MostEvents = 512;

    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;

    // struct epoll_event is packed on x86-64 only: a mask of 4 bytes, then 8 of ours.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int DataAt = Packed ? 4 : 8;
    private static readonly int Stride = Packed ? 12 : 16;

    private readonly byte[] _events = GC.AllocateArray<byte>(MostEvents * Stride, pinned: true);
    private readonly int _epoll;

    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public Epoll()
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Load is made with Linux's epoll; run it on Linux (or in a container).");
        _epoll = Checked(Create(CloseOnExec));
    }

    /// <summary>Watches a socket; <paramref name="key"/> names it in what <see cref="Wait(int)"/> brings.</summary>
    public void Watch(Socket socket, int key, uint events) => Checked(Control(Add, socket, key, events));

    /// <summary>Watches it for something else.</summary>
    public void Change(Socket socket, int key, uint events) => Checked(Control(Modify, socket, key, events));

    /// <summary>Watches it no more.</summary>
    public void Forget(Socket socket) => _ = Control(Delete, socket, 0, 0);

    /// <summary>Waits at most so many milliseconds (-1: for ever) and says how many sockets are ready.</summary>
    public int Wait(int milliseconds) => Math.Max(0, Wait(_epoll, ref _events[0], MostEvents, milliseconds));

    /// <summary>One of them.</summary>
    public (int Key, uint Events) this[int index]
    {
        get
        {
            var one = _events.AsSpan(index * Stride);
            return (BinaryPrimitives.ReadInt32LittleEndian(one[DataAt..]), BinaryPrimitives.ReadUInt32LittleEndian(one));
        }
    }

    public void Dispose() => _ = Close(_epoll);

    private int Control(int what, Socket socket, int key, uint events)
    {
        Span<byte> one = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(one, events);
        BinaryPrimitives.WriteInt64LittleEndian(one[DataAt..], key);
        return Control(_epoll, what, (int)socket.SafeHandle.DangerousGetHandle(), ref one[0]);
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int what, int descriptor, ref byte one);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    private static partial int Wait(int epoll, ref byte events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
