namespace Bridge.Api.Tests;

/// <summary>What an <see cref="OpenDoor"/> leaves out.</summary>
[Flags]
internal enum DoctorHole
{
    None = 0,
    UnsignedPost = 1 << 0,
    UnsignedGet = 1 << 1,
    UnsignedAction = 1 << 2,
    AnySignature = 1 << 3,
    AnyPath = 1 << 4,
    Json = 1 << 5,
    FreshToken = 1 << 6,
    ForwardedHost = 1 << 7,
    ForwardedProto = 1 << 8,
    ForwardedPort = 1 << 9,
    ForwardedPrefix = 1 << 10,
    OriginalUrl = 1 << 11,
    HostHeader = 1 << 12,
    MethodOverride = 1 << 13,
    HugeBody = 1 << 14,
    HugeHeaders = 1 << 15,
    SlowHeaders = 1 << 16,
    UnsignedSocket = 1 << 17,
    HttpsSocket = 1 << 18,
    ForeignOrigin = 1 << 19,
    NoToken = 1 << 20,
    AnyToken = 1 << 21,
    LaxToken = 1 << 22,
    LaxLastCharacter = 1 << 23,
    Compression = 1 << 24,
    ReplayWhileOpen = 1 << 25,
    ReplayWhenOver = 1 << 26,
    HugeMessage = 1 << 27,
    SilentSocket = 1 << 28,
}
