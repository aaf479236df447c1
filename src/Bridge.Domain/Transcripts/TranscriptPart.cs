using System.Text;

namespace Bridge.Domain.Transcripts;

/// <summary>The words of one content of an item as they come, and how much of its audio was heard.</summary>
internal sealed class TranscriptPart(int contentIndex)
{
    /// <summary>So far the cut goes back to the end of a word; languages that set no spaces are cut where the audio was.</summary>
    private const int LongestWord = 24;

    /// <summary>Words as they come; given up when all are here. A call keeps its conversation, and need not keep it twice.</summary>
    private StringBuilder? _coming;
    private string? _whole;
    private long _generated;
    private long? _heard;

    /// <summary>Which content of the item.</summary>
    public int ContentIndex => contentIndex;

    /// <summary>All words are here.</summary>
    public bool HasAllWords => _whole is not null;

    /// <summary>It is known how much of it was heard.</summary>
    public bool HasBeenHeard => _heard is not null;

    private string Text => _whole ?? _coming?.ToString() ?? "";

    /// <summary>Words came. After <see cref="Complete"/> they are none: all are here.</summary>
    public void Append(string text)
    {
        if (_whole is null)
            (_coming ??= new StringBuilder()).Append(text);
    }

    /// <summary>All words, as the model has them in the end; null to keep those that came.</summary>
    public void Complete(string? text)
    {
        _whole ??= text ?? Text;
        _coming = null;
    }

    /// <summary>Audio of it came from the model, whether it was sent on or not.</summary>
    public void Generated(int samples) => _generated += samples;

    /// <summary>So much of its audio was heard, and no more will be. Null for all of it.</summary>
    public void Heard(long? samples) => _heard ??= samples ?? long.MaxValue;

    /// <summary>No audio will come that has not come yet: without any, nothing was heard.</summary>
    public void NoMoreAudio()
    {
        if (_generated == 0)
            Heard(0);
    }

    /// <summary>The words, divided in proportion to the audio; of the caller's, all were heard.</summary>
    public (string Heard, string Unheard) Divide(Speaker speaker)
    {
        var text = Text.Trim();
        var cut = speaker == Speaker.Caller ? text.Length : Cut(text);
        return (text[..cut].TrimEnd(), text[cut..].TrimStart());
    }

    private int Cut(string text)
    {
        if (_generated == 0 || text.Length == 0)
            return 0;
        if (_heard is not { } heard || heard >= _generated)
            return text.Length;
        var exact = (int)(text.Length * heard / _generated);
        var hasSpaces = text.AsSpan().IndexOfAny(' ', '\n') >= 0;
        for (var cut = exact; hasSpaces && cut >= Math.Max(0, exact - LongestWord); cut--)
        {
            if (cut == 0 || char.IsWhiteSpace(text[cut]))
                return cut;
        }

        return char.IsLowSurrogate(text[exact]) ? exact - 1 : exact;
    }
}
