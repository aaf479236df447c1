namespace Bridge.Infrastructure.Tests;

/// <summary>Frames that RFC 6455 does not allow.</summary>
internal static class BrokenFrames
{
    private static readonly (string What, byte Opcode, byte Length, byte[] Payload)[] Both =
    [
        ("a reserved bit", 0xC1, 0, []),
        ("an opcode nobody has defined", 0x83, 0, []),
        ("a control opcode nobody has defined", 0x8B, 0, []),
        ("a continuation of nothing", 0x80, 0, []),
        ("a ping in fragments", 0x09, 0, []),
        ("a close of one byte", 0x88, 1, [0x03]),
        ("a close with a status that is none", 0x88, 2, [0x00, 0x01]),
        ("a close with a status that may not be sent", 0x88, 2, [0x03, 0xED]),
    ];

    /// <summary>Of a client; its mask is all zeros.</summary>
    public static IEnumerable<TestCaseData<byte[]>> All =>
    [
        .. Both.Select(frame => Case(frame.What, [frame.Opcode, (byte)(0x80 | frame.Length), 0, 0, 0, 0, .. frame.Payload])),
        Case("not masked", 0x81, 0x05, (byte)'h', (byte)'e', (byte)'l', (byte)'l', (byte)'o'),
        Case("a message inside another", 0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0),
        Case("a ping too long", 0x89, 0xFE, 0x00, 0x7E, 0, 0, 0, 0),
        Case("a length below zero", 0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ];

    /// <summary>Of a server.</summary>
    public static IEnumerable<TestCaseData<byte[]>> OfAServer =>
    [
        .. Both.Select(frame => Case(frame.What, [frame.Opcode, frame.Length, .. frame.Payload])),
        Case("masked", 0x81, 0x85, 0, 0, 0, 0, (byte)'h', (byte)'e', (byte)'l', (byte)'l', (byte)'o'),
        Case("a message inside another", 0x01, 0x00, 0x81, 0x00),
        Case("a ping too long", 0x89, 0x7E, 0x00, 0x7E),
        Case("a length below zero", 0x81, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0),
    ];

    private static TestCaseData<byte[]> Case(string what, params byte[] frames) => new TestCaseData<byte[]>(frames).SetArgDisplayNames(what);
}
