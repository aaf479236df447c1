using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>The conversation: its items in order, which of them is audio of the assistant, and the rules for changing them.</summary>
internal sealed class ConversationItems
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JsonObject> _items = [];
    private readonly List<LedgerItem> _ledger = [];
    private readonly List<string> _order = [];
    private readonly HashSet<string> _byClient = [];

    /// <summary>All items that are there now, in order.</summary>
    public IReadOnlyList<ConversationItem> All
    {
        get
        {
            lock (_gate)
                return [.. _order.Select(id => ConversationItem.Of(id, _items[id], _byClient.Contains(id), _ledger.Find(audio => audio.ItemId == id)))];
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
                return _order.Count;
        }
    }

    public IReadOnlyList<LedgerItem> Ledger
    {
        get
        {
            lock (_gate)
                return [.. _ledger];
        }
    }

    /// <summary>True once the assistant has sent audio: its voice is settled then.</summary>
    public bool HasAudio => Ledger.Any(item => item.GeneratedSamples > 0);

    /// <summary>
    /// Adds an item, at the end unless told behind which other (<c>root</c>: first), and returns the id of the one before it.
    /// </summary>
    public string? Add(string id, JsonObject item, LedgerItem? audio = null, string? behind = null, bool byClient = false)
    {
        lock (_gate)
        {
            var at = behind is null ? _order.Count : _order.IndexOf(behind) + 1;
            _items[id] = item;
            _order.Insert(at, id);
            if (byClient)
                _byClient.Add(id);
            if (audio is not null)
                _ledger.Add(audio);
            return at == 0 ? null : _order[at - 1];
        }
    }

    public JsonObject? Find(string id)
    {
        lock (_gate)
            return _items.GetValueOrDefault(id);
    }

    /// <summary>The caller's turn was put into words.</summary>
    public void PutIntoWords(string id, string words)
    {
        lock (_gate)
        {
            if (_items.GetValueOrDefault(id)?["content"]?[0] is JsonObject part)
                part["transcript"] = words;
        }
    }

    public RealtimeError? Truncate(string id, int contentIndex, int audioEndMs)
    {
        lock (_gate)
        {
            if (!_items.ContainsKey(id))
                return NoSuchItem("truncat", "truncate", id);
            if (_ledger.Find(item => item.ItemId == id) is not { } audio)
                return new RealtimeError("invalid_value", "Only model output audio messages can be truncated.", "item_id");
            if (contentIndex != 0)
                return new RealtimeError("invalid_value", $"Content index {contentIndex} of item '{id}' does not exist.", "content_index");
            if (audioEndMs > audio.RememberedMs)
                return new RealtimeError(null, $"Audio content of {audio.RememberedMs}ms is already shorter than {audioEndMs}ms", "audio_end_ms");
            audio.TruncatedToMs = audioEndMs;
            return null;
        }
    }

    public RealtimeError? Delete(string id)
    {
        lock (_gate)
        {
            _order.Remove(id);
            return _items.Remove(id) ? null : NoSuchItem("delet", "delete", id);
        }
    }

    public static RealtimeError NoSuchItem(string stem, string verb, string id) =>
        new($"item_{verb}_invalid_item_id", $"Error {stem}ing item: the item with id '{id}' does not exist.", "item_id");
}
