namespace Bridge.Infrastructure.Tests;

/// <summary>Frames of a client that RFC 6455 does not allow.</summary>
internal static class BrokenFrames
{
    // A frame: FIN and opcode, MASK and length, four bytes of mask (here all zero), payload.
    public static IEnumerable<TestCaseData<byte[]>> All =>
    [
        Case("not masked", 0x81, 0x05, (byte)'h', (byte)'e', (byte)'l', (byte)'l', (byte)'o'),
        Case("a reserved bit", 0xC1, 0x80, 0, 0, 0, 0),
        Case("an opcode nobody has defined", 0x83, 0x80, 0, 0, 0, 0),
        Case("a continuation of nothing", 0x80, 0x80, 0, 0, 0, 0),
        Case("a message inside another", 0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0),
        Case("a ping in fragments", 0x09, 0x80, 0, 0, 0, 0),
        Case("a ping too long", 0x89, 0xFE, 0x00, 0x7E, 0, 0, 0, 0),
        Case("a length below zero", 0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        Case("a close of one byte", 0x88, 0x81, 0, 0, 0, 0, 0x03),
        Case("a close with a status that is none", 0x88, 0x82, 0, 0, 0, 0, 0x00, 0x01),
    ];

    private static TestCaseData<byte[]> Case(string what, params byte[] frames) => new TestCaseData<byte[]>(frames).SetArgDisplayNames(what);
}
