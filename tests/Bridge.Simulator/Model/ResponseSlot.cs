namespace Bridge.Simulator.Model;

/// <summary>The one response a conversation may be generating.</summary>
internal sealed class ResponseSlot(FakeConversation conversation)
{
    private readonly Lock _gate = new();
    private ResponseRun? _active;
    private int _answers;

    public string? ActiveId
    {
        get
        {
            lock (_gate)
                return _active?.Id;
        }
    }

    /// <summary>The next answer of the script; null when there is none at all.</summary>
    public ModelAnswer? NextAnswer()
    {
        var answers = conversation.Options.Answers;
        return answers.Count == 0 ? null : answers[_answers++ % answers.Count];
    }

    public RealtimeError? TryStart(ModelAnswer answer, out Task completion)
    {
        var run = new ResponseRun(conversation, this, answer, conversation.NewId("resp"));
        completion = run.Completion;
        lock (_gate)
        {
            if (_active is { } active)
            {
                return new RealtimeError(
                    "conversation_already_has_active_response",
                    $"Conversation already has an active response in progress: {active.Id}. "
                    + "Wait until the response is finished before creating a new one.");
            }

            _active = run;
        }

        conversation.Log($"answers with {run.Id}");
        _ = Task.Run(run.RunAsync);
        return null;
    }

    /// <summary>Cancels what is being generated and waits for its <c>response.done</c>.</summary>
    public async Task CancelAsync(string reason)
    {
        ResponseRun? run;
        lock (_gate)
            run = _active;
        if (run is null)
            return;
        conversation.Log($"cancels {run.Id}: {reason}");
        run.Cancel(reason);
        await run.Completion;
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
}
