using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>
/// One session of the fake model: speaks the GA protocol, hears the caller's turns, answers by script, refuses what the API refuses, and
/// keeps the ledger of what the model will remember of each item.
/// </summary>
public sealed partial class FakeConversation
{
    private readonly FakeRealtimeServer _server;
    private readonly FaultStream _raw;
    private readonly EffectiveSession _session;
    private readonly ConversationItems _items = new();
    private readonly CallerTurns _turns;
    private readonly SessionSetup _setup;
    private readonly ClientEventHandler _handler;
    private readonly Waiters _waiters = new();
    private readonly TaskCompletionSource<CloseInfo> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private int _ids;

    internal FakeConversation(
        FakeRealtimeServer server, TextSocket socket, FaultStream raw, FakeModelOptions options, int number, string model)
    {
        (_server, Socket, _raw, Options, Number, Model) = (server, socket, raw, options, number, model);
        SessionId = NewId("sess");
        _session = new EffectiveSession(SessionId, model, options.ExpiresIn is { } life ? options.Clock.GetUtcNow() + life : null);
        Outgoing = new Outgoing(socket, Record, options.Clock);
        Faults = new SessionFaults(this, options.Clock);
        Responses = new ResponseSlot(this);
        Transcription = new CallerTranscription(this, _session, _items);
        _turns = new CallerTurns(this, _items, Transcription);
        _setup = new SessionSetup(this, _session, _over.Token);
        _handler = new ClientEventHandler(this, _setup, _session, _items, _turns);
    }

    public FakeModelOptions Options { get; }

    /// <summary>Which session of its server it is, from 1.</summary>
    public int Number { get; }

    /// <summary>The model that was asked for.</summary>
    public string Model { get; }

    public string SessionId { get; }

    /// <summary>What came and went.</summary>
    public ConversationRecord Record { get; } = new();

    public IReadOnlyList<ClientEvent> Received => Record.Received;

    public IReadOnlyList<RealtimeError> Errors => Record.Errors;

    public IReadOnlyList<string> Violations => Record.Violations;

    /// <summary>The assistant's audio items, in order.</summary>
    public IReadOnlyList<LedgerItem> Ledger => _items.Ledger;

    /// <summary>The conversation as the model has it: its items in order. A new session begins without any.</summary>
    public IReadOnlyList<ConversationItem> Items => _items.All;

    /// <summary>The session's instructions, as they are now.</summary>
    public string Instructions => _session.Instructions;

    /// <summary>Every <c>response.create</c>: its instructions and modalities.</summary>
    public IReadOnlyList<ResponseRequest> ResponseRequests => Record.ResponseRequests;

    /// <summary>The model was asked to speak first.</summary>
    public bool WasGreetingAsked => ResponseRequests.Any(static request => request.IsGreeting);

    /// <summary>True once <c>session.updated</c> was sent: only then audio may pass.</summary>
    public bool IsConfigured => ConfiguredAt is not null;

    /// <summary>When <c>session.updated</c> was sent, a timestamp of the model's clock; null before.</summary>
    public long? ConfiguredAt => _setup.ConfiguredAt;

    /// <summary>The response that is being generated; null between responses.</summary>
    public string? ActiveResponseId => Responses.ActiveId;

    /// <summary>Races to come.</summary>
    public Collisions Collisions { get; } = new();

    /// <summary>Completes when the socket is over.</summary>
    public Task<CloseInfo> Closed => _closed.Task;

    /// <summary>Milliseconds of caller audio.</summary>
    internal int AudioMs => _turns.NowMs;

    internal TextSocket Socket { get; }

    internal ResponseSlot Responses { get; }

    internal CallerTranscription Transcription { get; }

    internal Outgoing Outgoing { get; }

    internal SessionFaults Faults { get; }

    /// <summary>Starts a response that nobody asked for; completes when its <c>response.done</c> was sent.</summary>
    public Task RespondAsync(ModelAnswer answer) =>
        Responses.TryStart(answer, out var completion) is { } error ? throw new InvalidOperationException(error.Message) : completion;

    /// <summary>Lets a response go on that holds (<see cref="ModelAnswer.HoldAfterMs"/>).</summary>
    public void Continue() => Responses.Continue();

    /// <summary>The caller is heard to begin speaking, whatever the audio says: with the usual consequences.</summary>
    public Task SpeechStartedAsync() => _turns.StartAsync(AudioMs, _session.TurnDetection);

    /// <summary>The caller is heard to have finished, whatever the audio says: with the usual consequences.</summary>
    public Task SpeechStoppedAsync() => _turns.StopAsync(AudioMs, _session.TurnDetection);

    /// <summary>Sends one more delta of an item, as if it had been on its way when its response was cut.</summary>
    public Task SendLateDeltaAsync(LedgerItem item, int milliseconds = 20) =>
        SendDeltaAsync(item, Speech.Tone(milliseconds), OpenAIWire.Content("response.output_audio.delta", item.ResponseId, item.ItemId, 0));

    /// <summary>Sends any text as a message.</summary>
    public Task SendRawAsync(string text) => Socket.SendAsync(text);

    public Task SendErrorAsync(RealtimeError error)
    {
        Record.Add(error);
        Log($"error {error.Code}: {error.Message}");
        return SendAsync(OpenAIWire.Error(error));
    }

    public Task CloseAsync(int status = 1000, string? description = null) =>
        Socket.CloseAsync((WebSocketCloseStatus)status, description, CancellationToken.None);

    /// <summary>The connection is reset.</summary>
    public void Abort() => Socket.Abort();

    /// <summary>Waits until a condition holds; it is asked again after each event in or out.</summary>
    public Task WaitUntilAsync(Func<FakeConversation, bool> condition, CancellationToken cancellationToken = default) =>
        _waiters.WaitUntilAsync(() => condition(this), cancellationToken);

    /// <summary>Waits for the n-th event of a type (not for appends: see <see cref="WaitForAudioAsync"/>).</summary>
    public async Task<ClientEvent> WaitForAsync(string type, int number = 1, CancellationToken cancellationToken = default)
    {
        await WaitUntilAsync(_ => Received.Count(message => message.Type == type) >= number, cancellationToken);
        return Received.Where(message => message.Type == type).ElementAt(number - 1);
    }

    /// <summary>Waits until so many bytes of caller audio have come in all.</summary>
    public Task WaitForAudioAsync(long bytes, CancellationToken cancellationToken = default) =>
        WaitUntilAsync(_ => Record.AudioBytes >= bytes, cancellationToken);

    /// <summary>Completes when the model has nothing to do before time moves, or something comes.</summary>
    internal Task RestAsync(CancellationToken cancellationToken) => IsAtRest || Closed.IsCompleted
        ? Task.CompletedTask
        : Task.WhenAny(Closed, _waiters.WaitUntilAsync(() => IsAtRest, cancellationToken));

    /// <summary>Something changed.</summary>
    internal void Pulse() => _waiters.Pulse();

    internal async Task RunAsync()
    {
        await BeginFaultsAsync();
        _ = _setup.BeginAsync();
        while (true)
        {
            var message = await Socket.ReceiveAsync(CancellationToken.None);
            if (message.Close is { } close)
            {
                await EndAsync(close);
                return;
            }

            if (message.IsBinary)
                Record.Violation("a binary message");
            else
                await _handler.TakeAsync(message.Text!);
            _waiters.Pulse();
        }
    }

    internal async Task SendAsync(JsonObject message)
    {
        await Faults.FireAsync(FaultTrigger.BeforeSent, (string)message["type"]!);
        await TransmitAsync(message);
    }

    internal async Task SendDeltaAsync(LedgerItem item, byte[] audio, JsonObject message)
    {
        await Faults.FireAsync(FaultTrigger.BeforeSent, (string)message["type"]!);
        if (Outgoing.IsDead)
            return;
        if (!_session.OutputIsPcmu)
            Record.Violation("a response was asked for while the output format is not audio/pcmu");
        Watermark.Write(audio, item.Ordinal, item.NextFrame);
        item.Sent(audio.Length / Watermark.BlockSamples, Options.Clock.GetTimestamp());
        await TransmitAsync(message.With("delta", Convert.ToBase64String(audio)));
    }

    internal LedgerItem NewLedgerItem(string responseId, string transcript, out string? previous)
    {
        var item = new LedgerItem(NewId("item"), responseId, _server.NextOrdinal(), transcript);
        previous = _items.Add(item.ItemId, OpenAIWire.AssistantItem(item.ItemId, "in_progress", transcript), item);
        return item;
    }

    internal string NewTextItem(string text, out string? previous)
    {
        var id = NewId("item");
        previous = _items.Add(id, OpenAIWire.AssistantTextItem(id, "in_progress", text));
        return id;
    }

    internal string NewToolItem(out string? previous)
    {
        var id = NewId("item");
        previous = _items.Add(id, OpenAIWire.FunctionCallItem(id, "completed", ""));
        return id;
    }

    // As long as the API's own ids, and telling which session they belong to.
    internal string NewId(string kind) => $"{kind}_S{Number:D5}N{Interlocked.Increment(ref _ids):D14}";

    internal void Log(string text) => Options.Log?.Invoke($"session {Number} {text}");

    private async Task TransmitAsync(JsonObject message)
    {
        var type = (string)message["type"]!;
        if (await Outgoing.SendAsync(type, OpenAIWire.Text(message, NewId("event"))))
            await Faults.FireAsync(FaultTrigger.AfterSent, type);
        _waiters.Pulse();
    }

    private async Task EndAsync(CloseInfo close)
    {
        close = _died ? close with { By = ClosedBy.Us } : close;
        Log($"is over: {close.By} {close.Status}");
        Faults.End();
        await _over.CancelAsync();
        Outgoing.Release();
        _closed.TrySetResult(close);
        await Responses.EndAsync();
        await Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        _waiters.Fail(new InvalidOperationException($"The session is over: {close}."));
    }
}
