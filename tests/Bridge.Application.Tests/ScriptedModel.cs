using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Application.Tests;

/// <summary>A model that says what the test lets it say, and writes down what it is told.</summary>
internal sealed class ScriptedModel(OrderLog log) : IRealtimeSession
{
    private readonly Script<RealtimeEvent> _script = new(e => e.Audio);
    private TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => "sess_scripted";

    public RealtimeCapabilities Capabilities { get; set; } = new(NeedsSteadyAudio: true);

    public MemoryStream Heard { get; } = new();

    /// <summary>What was appended, piece by piece: its length, and whether it was silence.</summary>
    public List<string> Appended { get; } = [];

    /// <summary>What was asked for, in order.</summary>
    public List<ResponseRequest> Requests { get; } = [];

    public Exception? AppendFault { get; set; }

    public Exception? CreateFault { get; set; }

    public Exception? DisposeFault { get; set; }

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

    public Task SaysAsync(RealtimeEvent e) => _script.SaysAsync(e);

    public Task SaysAsync(RealtimeEventKind kind, string? response = null) => SaysAsync(new RealtimeEvent(kind, response));

    /// <summary>A response begins, in answer to a request or of the model's own accord.</summary>
    public Task BeginsAsync(string response, int? request = null) => SaysAsync(new RealtimeEvent(RealtimeEventKind.ResponseStarted, response) { Request = request });

    public Task EndsAsync(string response) => SaysAsync(RealtimeEventKind.ResponseFinished, response);

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
        log.Add($"model append {pcmu.Length}");
        Heard.Write(pcmu.Span);
        Appended.Add($"{pcmu.Length} {(pcmu.Span.IndexOfAnyExcept(Pcmu.Silence) < 0 ? "silence" : "voice")}");
        if (AppendFault is not null)
            throw AppendFault;
        return Stuck ? new ValueTask(_taken.Task) : ValueTask.CompletedTask;
    }

    public ValueTask CreateResponseAsync(ResponseRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        if (CreateFault is not null)
            throw CreateFault;
        return Told($"model create {request.Number}");
    }

    public ValueTask CancelResponseAsync(string responseId, CancellationToken cancellationToken) => Told($"model cancel {responseId}");

    public ValueTask TruncateAsync(Truncation truncation, CancellationToken cancellationToken) =>
        Told($"model truncate {truncation.Item.ItemId}.{truncation.Item.ContentIndex} at {truncation.AudioEndMs}");

    public ValueTask DisposeAsync()
    {
        log.Add("model close");
        _script.Ends();
        _taken.TrySetResult();
        return DisposeFault is null ? ValueTask.CompletedTask : throw DisposeFault;
    }

    private ValueTask Told(string what)
    {
        log.Add(what);
        return ValueTask.CompletedTask;
    }
}
