namespace Bridge.Domain.Transcripts;

/// <summary>One item of the conversation: nearly always one content, sometimes several, which are spoken one after the other.</summary>
internal sealed class TranscriptItem(string itemId, Speaker speaker)
{
    private readonly List<TranscriptPart> _parts = new(capacity: 1);

    /// <summary>Its name.</summary>
    public string ItemId => itemId;

    /// <summary>All words are here, and it is known how much of them was heard.</summary>
    public bool Ended
    {
        get
        {
            // Asked with each mark that comes back: a predicate would be an object each time.
            foreach (var part in _parts)
            {
                if (!part.HasAllWords || !(speaker == Speaker.Caller || part.HasBeenHeard))
                    return false;
            }

            return _parts.Count > 0;
        }
    }

    /// <summary>Nothing is known of it but its place.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>It was reported as ended; once is enough.</summary>
    public bool Reported { get; set; }

    /// <summary>The content with this index, made when it is new.</summary>
    public TranscriptPart Part(int contentIndex)
    {
        foreach (var known in _parts)
        {
            if (known.ContentIndex == contentIndex)
                return known;
        }

        var part = new TranscriptPart(contentIndex);
        _parts.Add(part);
        return part;
    }

    /// <summary>No words will come that have not come yet.</summary>
    public void NoMoreWords()
    {
        foreach (var part in _parts)
            part.Complete(null);
    }

    /// <summary>No audio will come that has not come yet.</summary>
    public void NoMoreAudio()
    {
        if (speaker == Speaker.Caller)
            return;
        foreach (var part in _parts)
            part.NoMoreAudio();
    }

    /// <summary>The item as text, its contents joined.</summary>
    public TranscriptTurn ToTurn()
    {
        // Nearly always; what joins several makes a dozen objects.
        if (_parts.Count == 1)
        {
            var (heard, unheard) = _parts[0].Divide(speaker);
            return new TranscriptTurn(itemId, speaker, heard, unheard);
        }

        var parts = _parts.ConvertAll(p => p.Divide(speaker));
        return new TranscriptTurn(
            itemId,
            speaker,
            string.Join(' ', parts.Select(p => p.Heard).Where(t => t.Length > 0)),
            string.Join(' ', parts.Select(p => p.Unheard).Where(t => t.Length > 0)));
    }
}
