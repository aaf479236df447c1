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

    /// <summary>The response that is being generated; null between responses.</summary>
    public string? Speaking { get; private set; }

    /// <summary>The model began a response.</summary>
    public void Started(string responseId)
    {
        if (!IsCut(responseId))
            Speaking = responseId;
    }

    /// <summary>Audio of a response came: may it be heard? A response whose start was never announced starts with its audio.</summary>
    public bool MayBeHeard(string responseId)
    {
        if (IsCut(responseId))
            return false;
        Speaking = responseId;
        return true;
    }

    /// <summary>
    /// Audio of a cut response came. True the first time for an item the model was told nothing of: its audio was still on
    /// the way when the line was cleared, so of that item nothing was heard, and the model must be told.
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

    /// <summary>The model ended a response; its id will not come again.</summary>
    public void Finished(string responseId)
    {
        _cut.Remove(responseId);
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

    /// <summary>The session is gone: no response of it will go on, or end.</summary>
    public void Reset()
    {
        _cut.Clear();
        _toldOf.Clear();
        Speaking = null;
    }

    private bool IsCut(string responseId) => _cut.Contains(responseId);
}
