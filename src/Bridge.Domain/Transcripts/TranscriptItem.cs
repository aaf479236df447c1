using System.Text;

namespace Bridge.Domain.Transcripts;

/// <summary>One item's words as they come, and how much of its audio was heard.</summary>
internal sealed class TranscriptItem(string itemId, Speaker speaker)
{
    private readonly StringBuilder _text = new();
    private string? _whole;
    private long _generated;
    private long? _heard;

    public string ItemId => itemId;

    public Speaker Speaker => speaker;

    /// <summary>All words are here, and it is known how much of them was heard.</summary>
    public bool Ended => _whole is not null && (speaker == Speaker.Caller || _heard is not null);

    /// <summary>It was reported as ended; once is enough.</summary>
    public bool Reported { get; set; }

    public void Append(string text) => _text.Append(text);

    /// <summary>All words, as the model has them in the end; null to keep those that came.</summary>
    public void Complete(string? text) => _whole ??= text ?? _text.ToString();

    /// <summary>Audio of it came from the model, whether it was sent on or not.</summary>
    public void Generated(int samples) => _generated += samples;

    /// <summary>So much of its audio was heard, and no more will be. Null for all of it.</summary>
    public void Heard(long? samples) => _heard ??= samples ?? long.MaxValue;

    /// <summary>No audio will come that has not come yet: an item without any was not heard.</summary>
    public void NoMoreAudio()
    {
        if (speaker == Speaker.Assistant && _generated == 0)
            Heard(0);
    }

    /// <summary>The words, divided in proportion to the audio, between two words.</summary>
    public TranscriptTurn ToTurn()
    {
        var text = (_whole ?? _text.ToString()).Trim();
        var cut = Cut(text);
        return new TranscriptTurn(itemId, speaker, text[..cut].TrimEnd(), text[cut..].TrimStart());
    }

    private int Cut(string text)
    {
        if (speaker == Speaker.Caller)
            return text.Length;
        if (_generated == 0)
            return 0;
        if (_heard is not { } heard || heard >= _generated)
            return text.Length;
        var cut = (int)(text.Length * heard / Math.Max(1, _generated));
        while (cut > 0 && cut < text.Length && !char.IsWhiteSpace(text[cut]))
            cut--;
        return cut;
    }
}
