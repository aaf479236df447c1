namespace Bridge.Domain.Transcripts;

/// <summary>
/// Both sides' words in the conversation's order, which is that of the items and not of the arrivals: the caller's words come
/// from a second model that is often later than the answer to them.
/// </summary>
public sealed class Transcript
{
    private readonly List<TranscriptItem> _items = [];

    /// <summary>An item joined the conversation.</summary>
    /// <param name="itemId">Its name.</param>
    /// <param name="previousItemId">The item before it; null for the first. One that is not known here puts it at the end.</param>
    /// <param name="speaker">Whose words.</param>
    public void Added(string itemId, string? previousItemId, Speaker speaker)
    {
        if (IndexOf(itemId) >= 0)
            return;
        var before = previousItemId is null ? -1 : IndexOf(previousItemId);
        var unknown = previousItemId is not null && before < 0;
        _items.Insert(unknown ? _items.Count : before + 1, new TranscriptItem(itemId, speaker));
    }

    /// <summary>Words of the assistant came.</summary>
    public void Append(string itemId, string text) => Find(itemId, Speaker.Assistant).Append(text);

    /// <summary>All words of an item; null to keep those that came.</summary>
    public void Complete(string itemId, Speaker speaker, string? text) => Find(itemId, speaker).Complete(text);

    /// <summary>Audio of an item came from the model.</summary>
    public void Generated(string itemId, int samples) => Find(itemId, Speaker.Assistant).Generated(samples);

    /// <summary>No more of an item's audio will be heard than so many samples; null for all of it.</summary>
    public void Heard(string itemId, long? samples) => Find(itemId, Speaker.Assistant).Heard(samples);

    /// <summary>A response ended: items that have words and no audio will have none.</summary>
    public void NoMoreAudio()
    {
        foreach (var item in _items)
            item.NoMoreAudio();
    }

    /// <summary>A turn that has ended since this was asked last: its words are complete and it is known what was heard.</summary>
    public TranscriptTurn? TakeEnded()
    {
        foreach (var item in _items)
        {
            if (!item.Ended || item.Reported)
                continue;
            item.Reported = true;
            return item.ToTurn();
        }

        return null;
    }

    /// <summary>The conversation so far, as it was heard; items without words are left out.</summary>
    public IReadOnlyList<TranscriptTurn> Turns() => [.. _items.Select(i => i.ToTurn()).Where(t => t.Heard.Length + t.Unheard.Length > 0)];

    private TranscriptItem Find(string itemId, Speaker speaker)
    {
        if (IndexOf(itemId) is >= 0 and var at)
            return _items[at];
        var item = new TranscriptItem(itemId, speaker);
        _items.Add(item);
        return item;
    }

    /// <summary>From the end, where what is spoken now stands; -1 for none.</summary>
    private int IndexOf(string itemId)
    {
        var at = _items.Count - 1;
        while (at >= 0 && _items[at].ItemId != itemId)
            at--;
        return at;
    }
}
