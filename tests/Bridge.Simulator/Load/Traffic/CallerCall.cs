using System.Net;
using System.Net.Sockets;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>
/// One call of a load, as Twilio makes it: webhook, handshake, start, fifty frames a second; marks come back when they were played,
/// or on a clear.
/// </summary>
internal sealed class CallerCall(LoadCallers callers, int number) : ILinkUser, IMessageUser, IPunctual
{
    private const long Period = 20 * Reactor.Millisecond;

    private readonly Queue<(byte[] Name, long At)> _marks = new();
    private CallerRequest? _request;
    private Link? _link;
    private MessageLink? _messages;
    private CallerMessages? _spelling;
    private IReadOnlyDictionary<string, string> _parameters = new Dictionary<string, string>();
    private long _began;
    private long _stoodSince;
    private long _playedUntil;
    private int _frames;
    private int _call = -1;
    private int _expected;
    private bool _heard;
    private bool _over;

    /// <summary>Callers do not keep step: calls that are set up every ten milliseconds would else send all their frames in two moments of each twenty.</summary>
    private long Phase => (long)(Golden.Part(number) * Period);

    /// <summary>Calls.</summary>
    public void Begin()
    {
        _began = Reactor.Now;
        if (callers.Target.Bridge is { } bridge)
        {
            _request = new CallerRequest(bridge, number);
            Connect(_request.Webhook());
            return;
        }

        _request = new CallerRequest(new FakeCallerOptions { Webhook = new Uri($"http://127.0.0.1:{callers.Target.Port}/") }, number);
        Dial("/media-stream", "ws://127.0.0.1/media-stream");
    }

    /// <summary>Hangs up.</summary>
    public void End()
    {
        if (_over)
            return;
        _over = true;
        if (_spelling is not null)
        {
            callers.Standing--;
            _messages!.Send(_spelling.Stop());
            _messages.Close();
        }

        _link?.Close();
    }

    public int Take(Span<byte> bytes)
    {
        if (_messages is not null)
            return _messages.Take(bytes);
        if (HttpAnswer.Read(bytes) is not { } answer)
            return 0;
        try
        {
            if (answer.Status == 101)
                return answer.Length + Stand(bytes[answer.Length..]);
            Answered(answer);
        }
        catch (Exception e) when (e is TwimlException or InvalidDataException)
        {
            Fail(e.Message);
        }

        return answer.Length;
    }

    public void Message(Span<byte> utf8)
    {
        var head = utf8[..Math.Min(48, utf8.Length)];
        if (head.IndexOf("\"event\":\"media\""u8) >= 0)
            Hear(AudioText.Decode(utf8, "\"payload\":\""u8));
        else if (head.IndexOf("response.output_audio.delta"u8) >= 0)
            Hear(AudioText.Decode(utf8, "\"delta\":\""u8));
        else if (head.IndexOf("\"event\":\"mark\""u8) >= 0)
            _marks.Enqueue((AudioText.Text(utf8, "\"name\":\""u8).ToArray(), _playedUntil));
        else if (head.IndexOf("\"event\":\"clear\""u8) >= 0)
            Clear();
    }

    public void Closed() => Gone();

    public void Gone()
    {
        if (_over)
            return;
        if (_spelling is not null)
            callers.Standing--;
        Fail(_spelling is null ? "the connection was closed before the stream stood" : "the stream was closed by the other side");
    }

    public void Due(long due)
    {
        if (_over || callers.IsHushed)
            return;
        if (callers.Life > 0 && due - _stoodSince >= callers.Life)
        {
            End();
            return;
        }

        var now = Reactor.Now;
        while (_marks.TryPeek(out var mark) && mark.At <= now)
            _messages!.Send(_spelling!.Mark(_marks.Dequeue().Name));
        Span<byte> buffer = stackalloc byte[CallerMessages.MaxMedia];
        _messages!.Send(buffer, _spelling!.Media(buffer, new Stamp(number, _frames, now), _frames * 20));
        _frames++;
        callers.Sent++;
        callers.Reactor.At(due + Period, this);
    }

    private void Answered(HttpAnswer answer)
    {
        if (answer.Status != 200)
            throw new InvalidDataException($"the webhook answered {answer.Status}");
        callers.Webhook.Record(callers.Reactor.Arrived - _began);
        var twiml = TwimlAnswer.Parse("text/xml", answer.Body.Length, answer.Body);
        if (twiml.StreamUrl is null)
            throw new InvalidDataException($"the webhook answered {twiml.Kind}");
        _parameters = twiml.Parameters;
        _link!.Close();
        Dial(twiml.StreamUrl.AbsolutePath, twiml.StreamUrlAsWritten);
    }

    private void Dial(string path, string url) => Connect(_request!.Upgrade(path, url));

    /// <summary>Nobody may be there any more: that is this call's failure, and nobody else's.</summary>
    private void Connect(byte[] first)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, callers.Target.Port);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            Fail(e.Message);
            return;
        }

        _link = new Link(callers.Reactor, socket, this);
        _link.Send(first);
    }

    private int Stand(Span<byte> bytes)
    {
        _messages = new MessageLink(_link!, isClient: true, this);
        _spelling = new CallerMessages(_request!);
        callers.SetUps++;
        callers.Standing++;
        _messages.Send(CallerMessages.Connected);
        _messages.Send(_spelling.Start(_parameters));
        _stoodSince = Reactor.Now;
        callers.Reactor.At(_stoodSince + Phase, this);
        return _messages.Take(bytes);
    }

    private void Hear(ReadOnlySpan<byte> pcmu)
    {
        var now = callers.Reactor.Arrived;
        callers.Arrivals.Take(pcmu, now, ref _call, ref _expected);
        _playedUntil = Math.Max(now, _playedUntil) + (pcmu.Length * Reactor.Millisecond / 8);
        if (_heard)
            return;
        _heard = true;
        callers.FirstAudio.Record(now - _began);
    }

    private void Clear()
    {
        var now = callers.Reactor.Arrived;
        callers.Clears.Add((number, now));
        _playedUntil = now;
        while (_marks.TryDequeue(out var mark))
            _messages!.Send(_spelling!.Mark(mark.Name));
    }

    private void Fail(string why)
    {
        _over = true;
        _link?.Close();
        callers.Fail(why);
    }
}
