namespace Bridge.Infrastructure.WebSockets;

/// <summary>What a reader takes.</summary>
internal sealed class TextLimits(int usualBytes, int maxBytes, TimeSpan longestMessage)
{
    /// <summary>The buffer at first; a message that fits is never copied.</summary>
    public int UsualBytes => usualBytes;

    /// <summary>The largest message.</summary>
    public int MaxBytes => maxBytes;

    /// <summary>A message that has begun must end within this. Looked at when a piece of it comes: a far end that sends nothing at all is found by its pongs, or by its audio.</summary>
    public TimeSpan LongestMessage => longestMessage;
}
