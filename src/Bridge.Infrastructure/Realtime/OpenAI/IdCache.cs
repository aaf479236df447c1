using System.Text;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>Keeps the last id seen: a run of deltas of one item names it dozens of times, and makes its string once.</summary>
internal sealed class IdCache
{
    private byte[] _utf8 = [];
    private string _text = "";

    /// <summary>The id as text; the same instance as long as the same id comes.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.SequenceEqual(_utf8))
            (_utf8, _text) = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        return _text;
    }
}
