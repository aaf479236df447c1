using System.Buffers.Text;

namespace Bridge.Domain.Playback;

/// <summary>
/// A named point in the audio sent to Twilio, which returns the name when playback passes it, and on <c>clear</c> returns
/// all that are outstanding, with nothing to tell the two apart. Hence the generation: it counts clears, so a mark of an
/// older generation is known to be stale. On the wire: <c>g3m17</c>.
/// </summary>
/// <param name="Generation">How many clears came before this mark.</param>
/// <param name="Sequence">Its number within the call, from 0.</param>
public readonly record struct Mark(int Generation, int Sequence)
{
    /// <summary>Bytes that hold the name of any mark.</summary>
    public const int MaxNameLength = 2 + 10 + 10;

    /// <summary>Writes the mark's name as UTF-8 and returns its length.</summary>
    /// <exception cref="ArgumentException"><paramref name="utf8"/> is shorter than <see cref="MaxNameLength"/>.</exception>
    public int Format(Span<byte> utf8)
    {
        if (utf8.Length < MaxNameLength)
            throw new ArgumentException($"A mark's name may need {MaxNameLength} bytes.", nameof(utf8));
        utf8[0] = (byte)'g';
        Utf8Formatter.TryFormat(Generation, utf8[1..], out var written);
        var length = 1 + written;
        utf8[length++] = (byte)'m';
        Utf8Formatter.TryFormat(Sequence, utf8[length..], out written);
        return length + written;
    }

    /// <summary>Reads a name that <see cref="Format"/> wrote; false for any other text, also for one merely alike.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Mark mark)
    {
        mark = default;
        if (utf8.Length is < 4 or > MaxNameLength || utf8[0] != 'g')
            return false;
        if (!Utf8Parser.TryParse(utf8[1..], out int generation, out var used) || generation < 0)
            return false;
        var rest = utf8[(1 + used)..];
        if (rest.Length < 2 || rest[0] != 'm' || !Utf8Parser.TryParse(rest[1..], out int sequence, out used) || sequence < 0)
            return false;
        var candidate = new Mark(generation, sequence);
        Span<byte> canonical = stackalloc byte[MaxNameLength];
        if (!utf8.SequenceEqual(canonical[..candidate.Format(canonical)]))
            return false;
        mark = candidate;
        return true;
    }
}
