using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Commands;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix;

/// <summary>A profile's bridge with a model behind it, and the witnesses who talk through it.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    // One for all bridges: what one of several promised, another keeps.
    private static readonly string StreamTokenKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private readonly string? _certificate;

    private FaultRun(BridgeProfile profile, FakeRealtimeServer model, FaultProxy? proxy, string? certificate) =>
        (Profile, Model, Proxy, _certificate) = (profile, model, proxy, certificate);

    public BridgeProfile Profile { get; }

    public FakeRealtimeServer Model { get; }

    public BridgeProcess Bridge { get; private set; } = null!;

    /// <summary>Between the bridge and the model, in the profiles that have one.</summary>
    public FaultProxy? Proxy { get; }

    public Witnesses Witnesses { get; private set; } = Witnesses.None;

    /// <summary>Whom callers ring, and how.</summary>
    public FakeCallerOptions Caller => Bridge.Caller;

    /// <summary>What a session of a call does when nothing is wrong with it.</summary>
    public static FakeModelOptions Healthy { get; } = new()
    {
        Greeting = ModelAnswer.Tones(400),
        Answers = [ModelAnswer.Tones(800) with { Speed = 4 }],
        Transcripts = [new CallerTranscript("What is a telephone?")],
    };

    /// <summary>Starts the bridge and lets the witnesses talk.</summary>
    public static async Task<FaultRun> StartAsync(BridgeProfile profile, Recordings recordings, bool verbose, CancellationToken cancellationToken)
    {
        using var certificate = profile.Path == ModelPath.Tls ? SelfSigned.Certificate() : null;
        var options = Healthy with { ReceiveBufferBytes = profile.ReceiveBufferBytes };
        var model = certificate is null
            ? await FakeRealtimeServer.StartAsync(options, cancellationToken: cancellationToken)
            : await FakeRealtimeServer.StartAsync(Copy(certificate), options, cancellationToken: cancellationToken);
        var proxy = profile.Path is ModelPath.Proxy or ModelPath.Tls ? await FaultProxy.StartAsync(model.Url.Port) : null;
        var run = new FaultRun(profile, model, proxy, certificate is null ? null : Trusted(certificate));
        try
        {
            run.Bridge = await BridgeProcess.StartAsync(run.ModelUrl(), run.Variables(recordings), verbose, cancellationToken);
            run.Witnesses = await Witnesses.DialAsync(run, profile.Witnesses, cancellationToken);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Witnesses.DisposeAsync();
        if (Bridge is not null)
            await Bridge.DisposeAsync();
        if (Proxy is not null)
            await Proxy.DisposeAsync();
        await Model.DisposeAsync();
        if (_certificate is not null)
            File.Delete(_certificate);
    }

    /// <summary>The variables of a bridge of the matrix, whatever its profile.</summary>
    public static Dictionary<string, string> CommonVariables(Recordings recordings) => new(Prompts.Variables)
    {
        ["FILLER_CLIP"] = recordings.Filler,
        ["SAY_AGAIN_CLIP"] = recordings.SayAgain,
        ["OPENAI_TRANSCRIPTION_MODEL"] = "gpt-transcribe",
        ["STREAM_TOKEN_KEYS"] = StreamTokenKey,
        // One row's failures must not turn away the next row's call.
        ["Bridge__Circuit__Failures"] = "1000",
    };

    private Dictionary<string, string> Variables(Recordings recordings)
    {
        var variables = CommonVariables(recordings);
        if (Profile.Places is { } places)
            variables["MAX_CONCURRENT_CALLS"] = (Profile.Witnesses + places).ToString(CultureInfo.InvariantCulture);
        if (_certificate is not null)
            variables["SSL_CERT_FILE"] = _certificate;
        foreach (var (name, value) in Profile.Variables)
            variables[name] = value;
        return variables;
    }

    private Uri ModelUrl() => Profile.Path == ModelPath.Nameless ? new Uri("wss://model.invalid/v1/realtime") : Proxy?.Url(Model.Url) ?? Model.Url;

    private static X509Certificate2 Copy(X509Certificate2 certificate) => X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);

    private static string Trusted(X509Certificate2 certificate)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }
}
