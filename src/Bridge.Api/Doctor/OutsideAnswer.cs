namespace Bridge.Api.Doctor;

/// <summary>What the far end answered. Nothing of it is trusted.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The beginning of the body.</param>
/// <param name="Location">Where it redirects to; null when it does not.</param>
/// <param name="Date">What it takes for the time; null when it does not say.</param>
/// <param name="At">What this machine took for the time when the answer was on its way.</param>
internal sealed record OutsideAnswer(int Status, string Body, string? Location, DateTimeOffset? Date, DateTimeOffset At)
{
    /// <summary>What it means that this came, and not what was to come.</summary>
    /// <param name="what">What was asked.</param>
    public Finding Explain(string what) => Status switch
    {
        >= 300 and < 400 => Finding.Fail(
            $"{what} is redirected ({Status}) to {OutsideText.Clean(Location ?? "nowhere")}",
            "give PUBLIC_BASE_URL and the Twilio console the address at the end of the redirect: Twilio follows it, but its signature and the form do not survive that"),
        401 or 407 => Finding.Fail($"{what} is answered {Status}: something in front of the service wants a name and password", "let Twilio's paths through without: the service checks Twilio's signature itself"),
        404 => Finding.Fail($"{what} is answered 404: there is no such path", "see the path in PUBLIC_BASE_URL, and that what stands in front of the service passes it on; a tunnel that is off says 404 too"),
        502 or 503 or 504 => Finding.Fail($"{what} is answered {Status}: what stands in front of the service does not reach it", "see that the service runs and that the proxy's upstream is its HOST and PORT"),
        _ => Finding.Fail($"{what} is answered {Status}", "see whether it is this service that answers there, and its log"),
    };
}
