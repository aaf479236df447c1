using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>
/// One session of the load's model. In every six seconds it answers with three, in deltas of 100 ms, four times as fast as they are
/// heard; it hears the caller begin in the middle of every third answer, and after each of the others.
/// </summary>
internal sealed class ModelCall : ILinkUser, IMessageUser, IPunctual
{
    private const int Deltas = 30;
    private const int FramesPerDelta = ModelEvents.DeltaMs / 20;
    private const long Ms = Reactor.Millisecond;

    private readonly LoadModel _model;
    private readonly ILink _link;
    private readonly byte[] _pcmu = new byte[Stamp.Size * FramesPerDelta];
    private MessageLink? _messages;
    private ModelEvents _answer = new(0, 0);
    private string _metadata = "null";
    private int _call = -1;
    private int _expected;
    private int _sequence;
    private int _answers;
    private int _step;
    private long _began;
    private bool _running;
    private bool _gone;

    public ModelCall(LoadModel model, Socket socket, X509Certificate2? certificate)
    {
        _model = model;
        _link = certificate is null ? new Link(model.Reactor, socket, this) : new SecureLink(model.Reactor, socket, certificate, this);
    }

    private bool IsInterrupted => (_answers + _call) % 3 == 0;

    public int Take(Span<byte> bytes)
    {
        if (_messages is not null)
            return _messages.Take(bytes);
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return 0;
        _link.Send(Upgrade.Accept(bytes[..end]));
        _messages = new MessageLink(_link, isClient: false, this);
        _messages.Send(ModelEvents.Created);
        _model.Sessions++;
        return end + 4 + _messages.Take(bytes[(end + 4)..]);
    }

    public void Message(Span<byte> utf8)
    {
        var head = utf8[..Math.Min(64, utf8.Length)];
        if (head.IndexOf("input_audio_buffer.append"u8) >= 0)
            _model.Arrivals.Take(AudioText.Decode(utf8, "\"audio\":\""u8), _model.Reactor.Arrived, ref _call, ref _expected);
        else if (head.IndexOf("\"event\":\"media\""u8) >= 0)
            Relayed(utf8);
        else if (head.IndexOf("session.update"u8) >= 0)
            _messages!.Send(ModelEvents.Updated);
        else if (head.IndexOf("response.create"u8) >= 0)
            Asked(utf8);
        else if (head.IndexOf("conversation.item.truncate"u8) >= 0)
            _messages!.Send(ModelEvents.Truncated(AudioText.Text(utf8, "\"item_id\":\""u8)));
    }

    public void Closed()
    {
        _link.Close();
        Gone();
    }

    public void Gone()
    {
        if (!_gone && _messages is not null)
            _model.Sessions--;
        _gone = true;
    }

    public void Due(long due)
    {
        if (_gone || _model.IsHushed)
            return;
        if (_call < 0)
        {
            // Not one frame of the caller yet, so it is not known whose this is: the answer waits.
            _began += 2 * Ms;
            _model.Reactor.At(due + (2 * Ms), this);
            return;
        }

        if (_step < Deltas)
            SendDelta();
        else if (_step == Deltas)
            Send(_answer.End(_metadata));
        else if (_step == Deltas + 1)
            HearTheCaller();
        else
            AnswerTheCaller(due);
        _step++;
        if (!_model.IsQuiet)
            _model.Reactor.At(_began + Next(), this);
        else if (_step == 1)
            Send(_answer.End(_metadata));
    }

    /// <summary>When the next step is due, since the answer began.</summary>
    private long Next() => _step switch
    {
        <= Deltas => _step * 25 * Ms,
        Deltas + 1 => (IsInterrupted ? 1500 : 5000) * Ms,
        _ => (6000 * Ms) + Phase,
    };

    /// <summary>Conversations do not keep step: two hundred that began within two seconds would else all speak in the same three of each six.</summary>
    private long Phase => _answers == 1 ? (long)(Golden.Part(_call) * 6000) * Ms : 0;

    private void Relayed(Span<byte> utf8)
    {
        _model.Arrivals.Take(AudioText.Decode(utf8, "\"payload\":\""u8), _model.Reactor.Arrived, ref _call, ref _expected);
        if (!_running)
            Begin(Reactor.Now);
    }

    private void Asked(Span<byte> utf8)
    {
        using var asked = JsonDocument.Parse(Encoding.UTF8.GetString(utf8));
        _metadata = asked.RootElement.TryGetProperty("response", out var response) && response.TryGetProperty("metadata", out var metadata) ? metadata.GetRawText() : "null";
        if (!_running)
            Begin(Reactor.Now);
    }

    private void Begin(long at)
    {
        _running = true;
        _began = at;
        _step = 0;
        _answer = new ModelEvents(Math.Max(0, _call), ++_answers);
        Send(_answer.Begin(_metadata));
        _model.Reactor.At(at, this);
    }

    private void SendDelta()
    {
        _messages!.Send(_answer.Words());
        var now = Reactor.Now;
        for (var i = 0; i < FramesPerDelta; i++)
            new Stamp(_call, _sequence++, now).Write(_pcmu.AsSpan(i * Stamp.Size));
        Span<byte> buffer = stackalloc byte[Frames.MaxHeader + 512 + (_pcmu.Length * 4 / 3)];
        _messages.Send(buffer, _answer.Delta(buffer, _pcmu));
        _model.Sent += FramesPerDelta;
    }

    private void HearTheCaller()
    {
        // Stamped between the two: what it takes to spell it and to note it (a millisecond, the first time) is nobody's reaction.
        var heard = _answer.SpeechStarted();
        var now = Reactor.Now;
        _messages!.Send(heard);
        if (IsInterrupted)
            _model.Interruptions.Add((_call, now));
    }

    private void AnswerTheCaller(long due)
    {
        Send(_answer.CallersTurn());
        _metadata = "null";
        _began = due;
        _step = -1;
        _answer = new ModelEvents(_call, ++_answers);
        Send(_answer.Begin(_metadata));
    }

    private void Send(byte[][] events)
    {
        foreach (var one in events)
            _messages!.Send(one);
    }
}
