(function () {
  var links = Array.prototype.slice.call(document.querySelectorAll("nav.contents a"));
  if (!("IntersectionObserver" in window) || !links.length) return;
  var byId = {};
  links.forEach(function (a) { byId[decodeURIComponent(a.hash.slice(1))] = a; });
  var seen = new IntersectionObserver(function (entries) {
    entries.forEach(function (e) {
      if (!e.isIntersecting || !byId[e.target.id]) return;
      links.forEach(function (a) { a.removeAttribute("aria-current"); });
      byId[e.target.id].setAttribute("aria-current", "true");
    });
  }, { rootMargin: "0px 0px -75% 0px" });
  Object.keys(byId).forEach(function (id) { var t = document.getElementById(id); if (t) seen.observe(t); });
})();
