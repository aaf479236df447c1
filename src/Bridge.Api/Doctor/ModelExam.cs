using System.Diagnostics;
using System.Runtime.CompilerServices;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;

namespace Bridge.Api.Doctor;

/// <summary>Does the key open a session, and does the model take it the way a call needs it? The client itself checks the echo.</summary>
internal sealed class ModelExam(Patient patient, DoctorBounds bounds) : IExam
{
    public string Name => "key and model";

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!patient.Starts)
            yield return Finding.Skipped("the settings have to be mended first");
        else if (patient.Options<BridgeOptions>().Provider is "echo")
            yield return Finding.Skipped("REALTIME_PROVIDER is echo: there is no key and no model");
        else
            yield return await OpenAsync(patient.Options<BridgeOptions>().Provider, cancellationToken);
    }

    private async Task<Finding> OpenAsync(string provider, CancellationToken cancellationToken)
    {
        var client = patient.Services.GetRequiredKeyedService<IRealtimeClient>(provider);
        var assistant = patient.Options<AssistantOptions>();
        var settings = new RealtimeSessionSettings(assistant.Instructions, assistant.Voice, assistant.Temperature, assistant.TurnDetection);
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(bounds.Session);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await using var session = await client.CreateSessionAsync(settings, inTime.Token).WaitAsync(inTime.Token);
            return Finding.Ok($"{provider} opened a session in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms, and its echo shows the audio format of a phone call both ways");
        }
        catch (RealtimeSessionException e)
        {
            return Finding.Fail(OutsideText.Clean(e.Message, 300), Mend(e));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Fail($"{provider} opened no session within {bounds.Session.TotalSeconds:0.#} s", Reach);
        }
    }

    private const string Reach = "see whether this machine reaches the address in OPENAI_REALTIME_URL: name, firewall, proxy; then the provider's status page";

    private static string Mend(RealtimeSessionException e) => (e.Failure, e.ErrorType) switch
    {
        (RealtimeSessionFailure.Unreachable, _) => Reach,
        (RealtimeSessionFailure.Busy, _) => "see the limits and the billing of the key's project: calls are turned away while this lasts",
        (_, "401") => "make a key in the provider's console and set OPENAI_API_KEY to the whole of it",
        (_, "403") => "give the key's project access to the model, or choose another with OPENAI_REALTIME_MODEL",
        (_, "404") => "correct OPENAI_REALTIME_MODEL; if that is right, OPENAI_REALTIME_URL",
        (_, "format_mismatch") => "callers would hear noise: set OPENAI_REALTIME_URL to an endpoint of the GA Realtime API, and OPENAI_REALTIME_MODEL to a model of it",
        (_, "session_rejected") => "the model does not take what it is told of itself: look at OPENAI_REALTIME_MODEL, OPENAI_RESPONSE_VOICE and OPENAI_TRANSCRIPTION_MODEL",
        _ => "see whether OPENAI_REALTIME_URL is the realtime endpoint, and whether something between here and there answers in its place",
    };
}
