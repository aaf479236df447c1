using Bridge.Domain.Playback;

namespace Bridge.Domain.Transcripts;

/// <summary>
/// Both sides' words in the conversation's order, which is that of the items and not of the arrivals: the caller's words come
/// from a second model that is often later than the answer to them.
/// </summary>
public sealed class Transcript
{
    /// <summary>Items behind which so many have been told are settled: words of a caller that come late come some items late.</summary>
    private const int Unsettled = 32;

    /// <summary>With so many behind it one is settled as it is: an end that was not told of is not coming any more.</summary>
    private const int Most = 128;

    /// <summary>So many are packed at once.</summary>
    private const int Page = 16;

    private readonly TranscriptArchive _settled = new();
    private readonly List<TranscriptItem> _items = [];

    /// <summary>Where this session's first item stands; below zero when that is settled.</summary>
    private int _firstOfSession;

    /// <summary>Before it all was told, or has no words: a call of an hour is not gone through from its beginning each time somebody speaks.</summary>
    private int _told;

    /// <summary>An item joined the conversation.</summary>
    /// <param name="itemId">Its name.</param>
    /// <param name="previousItemId">The item before it; null for the first. One that is not known here puts it at the end.</param>
    /// <param name="speaker">Whose words.</param>
    public void Added(string itemId, string? previousItemId, Speaker speaker)
    {
        if (IndexOf(itemId) >= 0)
            return;
        var before = previousItemId is null ? _firstOfSession - 1 : IndexOf(previousItemId);
        var unknown = previousItemId is null ? _firstOfSession < 0 : before < 0;
        var at = unknown ? _items.Count : before + 1;
        _items.Insert(at, new TranscriptItem(itemId, speaker));
        _told = Math.Min(_told, at);
    }

    /// <summary>Words of the assistant came.</summary>
    public void Append(ItemKey item, string text) => Part(item, Speaker.Assistant).Append(text);

    /// <summary>All words of an item; null to keep those that came.</summary>
    public void Complete(ItemKey item, Speaker speaker, string? text)
    {
        Part(item, speaker).Complete(text);
        MayHaveEnded = true;
    }

    /// <summary>Audio of an item came from the model.</summary>
    public void Generated(ItemKey item, int samples) => Part(item, Speaker.Assistant).Generated(samples);

    /// <summary>No more of an item's audio will be heard than so many samples; null for all of it.</summary>
    public void Heard(ItemKey item, long? samples)
    {
        Part(item, Speaker.Assistant).Heard(samples);
        MayHaveEnded = true;
    }

    /// <summary>Something was said or heard to its end since <see cref="TakeEnded"/> last found nothing.</summary>
    public bool MayHaveEnded { get; private set; }

    /// <summary>
    /// Another session goes on with the conversation: what it calls its first item stands behind all that was said. Of what the old one
    /// had begun to say no more words and no audio will come.
    /// </summary>
    public void SessionReplaced()
    {
        _firstOfSession = _items.Count;
        for (var at = _told; at < _items.Count; at++)
            _items[at].NoMoreWords();
        NoMoreAudio();
    }

    /// <summary>A response ended: items that have words and no audio will have none.</summary>
    public void NoMoreAudio()
    {
        for (var at = _told; at < _items.Count; at++)
            _items[at].NoMoreAudio();
        MayHaveEnded = true;
    }

    /// <summary>A turn that has ended since this was asked last: its words are complete and it is known what was heard.</summary>
    public TranscriptTurn? TakeEnded()
    {
        while (_told < _items.Count && (_items[_told].Reported || _items[_told].IsEmpty))
            _told++;
        while (_told >= Unsettled + Page || _items.Count > Most)
            Settle();
        for (var at = _told; at < _items.Count; at++)
        {
            var item = _items[at];
            if (item.Reported || !item.Ended)
                continue;
            item.Reported = true;
            // A turn nobody could write down has no words to tell.
            var turn = item.ToTurn();
            if (turn.Heard.Length + turn.Unheard.Length > 0)
                return turn;
        }

        MayHaveEnded = false;
        return null;
    }

    /// <summary>The conversation so far, as it was heard; items without words are left out.</summary>
    public IReadOnlyList<TranscriptTurn> Turns() => [.. _settled.Turns(), .. WithWords(_items)];

    /// <summary>One item as it was heard; null for one that is not known, is long over, or has no words.</summary>
    public TranscriptTurn? Turn(string itemId) =>
        IndexOf(itemId) is >= 0 and var at && _items[at].ToTurn() is { Heard.Length: var heard, Unheard.Length: var unheard } turn && heard + unheard > 0 ? turn : null;

    private static IEnumerable<TranscriptTurn> WithWords(IEnumerable<TranscriptItem> items) =>
        items.Select(i => i.ToTurn()).Where(t => t.Heard.Length + t.Unheard.Length > 0);

    /// <summary>
    /// The oldest are told, and will not change. An item to which no words came in all this time has no place any more: if they come
    /// still, they stand at the end.
    /// </summary>
    private void Settle()
    {
        _settled.Add(WithWords(_items.Take(Page)));
        _items.RemoveRange(0, Page);
        _told = Math.Max(0, _told - Page);
        _firstOfSession -= Page;
    }

    private TranscriptPart Part(ItemKey item, Speaker speaker)
    {
        var at = IndexOf(item.ItemId);
        if (at < 0)
        {
            at = _items.Count;
            _items.Add(new TranscriptItem(item.ItemId, speaker));
        }

        _told = Math.Min(_told, at);
        return _items[at].Part(item.ContentIndex);
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
