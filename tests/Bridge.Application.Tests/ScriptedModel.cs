using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Application.Tests;

/// <summary>A model that says what the test lets it say, and writes down what it is told.</summary>
internal sealed class ScriptedModel(OrderLog log, string name = "model") : IRealtimeSession
{
    private readonly Script<RealtimeEvent> _script = new(e => e.Audio);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => $"sess_{name}";

    public RealtimeCapabilities Capabilities { get; set; } = new(NeedsSteadyAudio: true);

    public TimeSpan? Lifetime { get; set; }

    public MemoryStream Heard { get; } = new();

    /// <summary>What was appended, piece by piece: its length, and whether it was silence.</summary>
    public List<string> Appended { get; } = [];

    /// <summary>What was asked for, in order.</summary>
    public List<ResponseRequest> Requests { get; } = [];

    /// <summary>What happens while audio is appended.</summary>
    public Action Appending { get; set; } = () => { };

    public Exception? AppendFault { get; set; }

    public Exception? CreateFault { get; set; }

    public Exception? DisposeFault { get; set; }

    /// <summary>What happens while a response is asked for.</summary>
    public Action OnRequest { get; set; } = () => { };

    public Action OnDispose { get; set; } = () => { };

    /// <summary>Its close takes so long.</summary>
    public Task Closing { get; set; } = Task.CompletedTask;

    /// <summary>Commands wait until the session is closed, whatever their token says: the model does not read.</summary>
    public bool StuckAtCommands { get; set; }

    /// <summary>Audio that is appended waits until <see cref="TakesAgain"/>, or until the session is closed: the model does not read.</summary>
    public bool Stuck { get; set; }

    public void TakesAgain(Exception? fault = null)
    {
        Stuck = false;
        if (fault is null)
            _taken.SetResult();
        else
            _taken.SetException(fault);
        _taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Returns when the call listens to this session, and has sent it what waited.</summary>
    public Task ReadyAsync() => ErrorAsync("no_harm_done", RealtimeErrorKind.Harmless);

    /// <summary>What it heard, one number for each 20 ms; all of a frame's samples must be alike.</summary>
    public IEnumerable<int> HeardFrames()
    {
        foreach (var frame in Heard.ToArray().Chunk(160))
        {
            Assert.That(frame, Has.All.EqualTo(frame[0]));
            yield return frame[0];
        }
    }

    public Task SaysAsync(RealtimeEvent e) => _script.SaysAsync(e);

    public Task SaysAsync(RealtimeEventKind kind, string? response = null) => SaysAsync(new RealtimeEvent(kind, response));

    /// <summary>A response begins, in answer to a request or of the model's own accord.</summary>
    public Task BeginsAsync(string response, int? request = null) => SaysAsync(new RealtimeEvent(RealtimeEventKind.ResponseStarted, response) { Request = request });

    public Task EndsAsync(string response, ResponseEnding ending = ResponseEnding.Completed) =>
        SaysAsync(new RealtimeEvent(RealtimeEventKind.ResponseFinished, response) { Ending = ending });

    /// <summary>An answer, from its beginning to its end.</summary>
    public async Task AnswersAsync(string response, string item, int ms, int? request = null, string? words = null)
    {
        await BeginsAsync(response, request);
        await DeltaAsync(response, item, ms);
        if (words is not null)
            await AllWordsAsync(item, Speaker.Assistant, words);
        await ItemFinishedAsync(item);
        await EndsAsync(response);
    }

    public Task DeltaAsync(string response, string item, int ms) =>
        SaysAsync(new RealtimeEvent(RealtimeEventKind.AudioDelta, response, new ItemKey(item, 0), new byte[ms * 8]));

    public Task ItemFinishedAsync(string item) => SaysAsync(new RealtimeEvent(RealtimeEventKind.ItemFinished, Item: new ItemKey(item, 0)));

    public Task ErrorAsync(string code, RealtimeErrorKind kind = RealtimeErrorKind.Other, int? request = null) =>
        SaysAsync(new RealtimeEvent(RealtimeEventKind.Error, Error: new RealtimeError(code, "a.parameter", "A sentence.", kind, request)));

    public Task AddsAsync(string item, string? after, Speaker speaker) =>
        SaysAsync(new RealtimeEvent(RealtimeEventKind.ItemAdded, Item: new ItemKey(item, 0)) { PreviousItemId = after, Speaker = speaker });

    public Task WordsAsync(string item, string words) =>
        SaysAsync(new RealtimeEvent(RealtimeEventKind.TextDelta, Item: new ItemKey(item, 0)) { Text = words, Speaker = Speaker.Assistant });

    public Task AllWordsAsync(string item, Speaker speaker, string? words) =>
        SaysAsync(new RealtimeEvent(RealtimeEventKind.TextFinished, Item: new ItemKey(item, 0)) { Text = words, Speaker = speaker });

    public void Ends(Exception? fault = null) => _script.Ends(fault);

    public IAsyncEnumerable<RealtimeEvent> ReadEventsAsync(CancellationToken cancellationToken) => _script.ReadAsync(cancellationToken);

    public ValueTask AppendAudioAsync(ReadOnlyMemory<byte> pcmu, CancellationToken cancellationToken)
    {
        Appending();
        log.Add($"{name} append {pcmu.Length}");
        Heard.Write(pcmu.Span);
        Appended.Add($"{pcmu.Length} {(pcmu.Span.IndexOfAnyExcept(Pcmu.Silence) < 0 ? "silence" : "voice")}");
        if (AppendFault is not null)
            throw AppendFault;
        return Stuck ? new ValueTask(_taken.Task) : ValueTask.CompletedTask;
    }

    public ValueTask CreateResponseAsync(ResponseRequest request, CancellationToken cancellationToken)
    {
        OnRequest();
        Requests.Add(request);
        if (CreateFault is not null)
            throw CreateFault;
        return Told($"{name} create {request.Number}");
    }

    public ValueTask CancelResponseAsync(string responseId, CancellationToken cancellationToken) => Told($"{name} cancel {responseId}");

    public ValueTask ProbeAsync(CancellationToken cancellationToken) => Told($"{name} probe");

    public ValueTask CorrectAsync(TranscriptTurn turn, CancellationToken cancellationToken) => Told($"{name} correct {turn.ItemId}: {turn.Heard} | {turn.Unheard}");

    public ValueTask TruncateAsync(Truncation truncation, CancellationToken cancellationToken) =>
        Told($"{name} truncate {truncation.Item.ItemId}.{truncation.Item.ContentIndex} at {truncation.AudioEndMs}");

    public ValueTask DisposeAsync()
    {
        log.Add($"{name} close");
        OnDispose();
        _script.Ends();
        _taken.TrySetResult();
        _closed.TrySetResult();
        return DisposeFault is null ? new ValueTask(Closing) : throw DisposeFault;
    }

    private ValueTask Told(string what)
    {
        log.Add(what);
        return StuckAtCommands ? new ValueTask(_closed.Task) : ValueTask.CompletedTask;
    }
}
