using Bridge.Application.Abstractions;

namespace Bridge.Application.Tests;

/// <summary>Recordings of different lengths, so that the log tells them apart.</summary>
internal sealed class ScriptedRecordings : IRecordings
{
    public ReadOnlyMemory<byte> Filler { get; } = new byte[1_000 * 8];

    public ReadOnlyMemory<byte> SayAgain { get; } = new byte[1_500 * 8];
}
