using Bridge.Domain.Playback;

namespace Bridge.Domain.Turns;

/// <summary>
/// May the audio of this response still be heard? Idle → speaking → cut → idle. After an interruption the model's server
/// still sends what was under way; that audio is dropped by its response's id, until that response's end.
/// </summary>
public sealed class AssistantTurn
{
    private readonly List<string> _cut = [];
    private readonly List<ItemKey> _toldOf = [];

    private readonly Dictionary<ItemKey, long> _sent = [];
    private readonly string?[] _over = new string?[8];
    private string? _spoke;
    private int _overs;

    /// <summary>The response that is being generated; null between responses.</summary>
    public string? Speaking { get; private set; }

    /// <summary>Was audio of this response, the last that spoke, let through?</summary>
    public bool HasSpoken(string responseId) => _spoke == responseId;

    /// <summary>Is nothing more of this response to be heard?</summary>
    public bool IsCut(string responseId) => _cut.Contains(responseId);

    /// <summary>The model began a response.</summary>
    public void Started(string responseId)
    {
        if (!IsCut(responseId))
            Speaking = responseId;
    }

    /// <summary>So much of an item, of the last response that spoke, was let through; in samples.</summary>
    public void Sent(ItemKey item, int samples) => _sent[item] = _sent.GetValueOrDefault(item) + samples;

    /// <summary>How much of an item was let through, if it is one of the last response that spoke; in samples.</summary>
    public long SentOf(ItemKey item) => _sent.GetValueOrDefault(item);

    /// <summary>Audio of a response came: may it be heard? One that is over has nothing more to say, and nobody cuts in on one that is being generated.</summary>
    public bool MayBeHeard(string responseId)
    {
        if (IsCut(responseId) || Array.IndexOf(_over, responseId) >= 0 || (Speaking is not null && Speaking != responseId))
            return false;
        if (_spoke != responseId)
            _sent.Clear();
        Speaking = _spoke = responseId;
        return true;
    }

    /// <summary>
    /// Audio of a cut response came. True the first time for an item the model was told nothing of: its audio was still on
    /// the way when the line was cleared, so of that item no more is heard than was sent, and the model must be told.
    /// </summary>
    public bool IsNews(ItemKey item)
    {
        if (_toldOf.Contains(item))
            return false;
        _toldOf.Add(item);
        return true;
    }

    /// <summary>The model was told how much of an item was heard.</summary>
    public void Told(ItemKey item) => _toldOf.Add(item);

    /// <summary>The model ended a response; what still comes of it is late. The last few are remembered.</summary>
    public void Finished(string responseId)
    {
        _cut.Remove(responseId);
        _over[_overs++ % _over.Length] = responseId;
        if (_cut.Count == 0)
            _toldOf.Clear();
        if (Speaking == responseId)
            Speaking = null;
    }

    /// <summary>The caller interrupts: of the response being generated nothing more may be heard, also when none of it was yet.</summary>
    public void Cut()
    {
        if (Speaking is not { } responseId)
            return;
        _cut.Add(responseId);
        Speaking = null;
    }

    /// <summary>We give a response up that stalled: what still comes of it is dropped, and what was sent plays on.</summary>
    public void Drop(string responseId)
    {
        _cut.Add(responseId);
        if (Speaking == responseId)
            Speaking = null;
    }

    /// <summary>The session is gone: no response of it will go on, or end.</summary>
    public void Reset()
    {
        _cut.Clear();
        _toldOf.Clear();
        Speaking = null;
    }
}
