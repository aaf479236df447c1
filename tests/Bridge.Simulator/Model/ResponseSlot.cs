using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>The one response a conversation may be generating.</summary>
internal sealed class ResponseSlot(FakeConversation conversation)
{
    private readonly Lock _gate = new();
    private readonly List<ResponseRun> _unfinished = [];
    private ResponseRun? _active;
    private int _answers;
    private int _greetings;

    public string? ActiveId
    {
        get
        {
            lock (_gate)
                return _active?.Id;
        }
    }

    /// <summary>Nothing is being generated at this instant.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (_gate)
            {
                _unfinished.RemoveAll(static run => run.Completion.IsCompleted);
                return _unfinished.TrueForAll(static run => run.IsAtRest);
            }
        }
    }

    /// <summary>The next answer of the script; null when there is none at all.</summary>
    public ModelAnswer? NextAnswer()
    {
        var answers = conversation.Options.Answers;
        return answers.Count == 0 ? null : answers[_answers++ % answers.Count];
    }

    /// <summary>The answer to the next <c>response.create</c> with instructions.</summary>
    public ModelAnswer NextGreeting()
    {
        var greetings = conversation.Options.Greetings;
        return _greetings < greetings.Count ? greetings[_greetings++] : conversation.Options.Greeting;
    }

    public RealtimeError? TryStart(ModelAnswer answer, out Task completion, JsonNode? metadata = null)
    {
        var run = new ResponseRun(conversation, this, answer, metadata);
        completion = run.Completion;
        lock (_gate)
        {
            if (_active is { } active)
                return AlreadyActive(active.Id);
            _active = run;
            _unfinished.Add(run);
        }

        conversation.Log($"answers with {run.Id}");
        _ = Task.Run(run.RunAsync);
        return null;
    }

    /// <summary>A client asks for a response, and may collide with what is going on.</summary>
    public async Task<RealtimeError?> CreateAsync(ModelAnswer answer, JsonNode? metadata)
    {
        if (conversation.Collisions.TakeRefusal())
            return AlreadyActive(conversation.NewId("resp"));
        ResponseRun? active;
        lock (_gate)
            active = _active;
        if (active is null || !conversation.Collisions.TakeFinish())
            return TryStart(answer, out _, metadata);
        active.Continue();
        await active.Completion;
        return AlreadyActive(active.Id);
    }

    /// <summary>
    /// Cancels what is being generated and waits for its <c>response.done</c>; with an id, only that response. False when there is none.
    /// </summary>
    public async Task<bool> CancelAsync(string reason, string? id = null)
    {
        ResponseRun? run;
        lock (_gate)
            run = _active;
        if (run is not { IsCreated: true } || (id ?? run.Id) != run.Id)
            return false;
        conversation.Log($"cancels {run.Id}: {reason}");
        run.Cancel(reason);
        await Task.WhenAny(run.Completion, conversation.Outgoing.Stalls);
        return true;
    }

    /// <summary>The session is over: so is everything in it.</summary>
    public async Task EndAsync()
    {
        ResponseRun[] all;
        lock (_gate)
            all = [.. _unfinished];
        foreach (var run in all)
            run.Cancel("closed");
        await Task.WhenAll(all.Select(static run => run.Completion));
    }

    public void Continue()
    {
        lock (_gate)
            _active?.Continue();
    }

    public void Over(ResponseRun run)
    {
        lock (_gate)
            _active = _active == run ? null : _active;
    }

    private static RealtimeError AlreadyActive(string id) => new(
        "conversation_already_has_active_response",
        $"Conversation already has an active response in progress: {id}. Wait until the response is finished before creating a new one.");
}
