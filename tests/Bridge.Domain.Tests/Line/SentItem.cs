using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests.Line;

/// <summary>An item as the history sent it. Its ordinal is its number in the call, which its audio carries.</summary>
internal sealed record SentItem(string Response, ItemKey Key, int Ordinal)
{
    public int Frames { get; set; }

    public int Samples => Frames * 160;

    /// <summary>No audio of it has come yet.</summary>
    public bool IsNews { get; set; } = true;

    public bool Complete { get; set; }

    public bool OfALostSession { get; set; }
}
